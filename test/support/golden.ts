/** Answers that k8s.io/apimachinery itself gave, kept under `fixtures/wire/apimachinery-0.36`. */
import { readFileSync } from 'node:fs'

/** The cases of one file. */
export function golden<T>(name: string): T {
  const url = new URL(`../../fixtures/wire/apimachinery-0.36/${name}.json`, import.meta.url)
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: T }).cases
}

/** The message an action throws, undefined when it does not. */
export function thrownText(action: () => unknown): string | undefined {
  try {
    action()
  } catch (error) {
    return (error as Error).message
  }
  return undefined
}

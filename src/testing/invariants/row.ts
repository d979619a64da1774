/** One row of the library: a formula with its number, name, sentence, class and source. */
import type { Property, PropertyClass } from '../property.ts'

/** What a row says of itself. Sources are URLs, KEPs (`KEP-2307`) or issues of kubernetes/kubernetes (`#76772`). */
export interface Said {
  readonly id: string
  readonly name: string
  /** The claim in one sentence, with its caveat when it has one. */
  readonly says: string
  readonly class: PropertyClass
  readonly source: string
}

/** A page of the Kubernetes documentation. */
export const page = (path: string): string => `https://kubernetes.io/docs/${path}`

/** An issue or pull request of kubernetes/kubernetes. */
export const issue = (number: number): string => `https://github.com/kubernetes/kubernetes/issues/${number}`

/** An enhancement proposal. */
export const kep = (number: number): string => `https://github.com/kubernetes/enhancements/issues/${number}`

/** The property with what is said of it; reports call it by number and name. */
export function row(said: Said, formula: Property): Property {
  const { id, name, says, source } = said
  return formula.as(`${id} ${name}`).documented({ id, says, source, class: said.class })
}

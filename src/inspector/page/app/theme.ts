/** Light, dark, or as the system says. The choice is kept in the browser; canvases read the colours from here. */
import { computed, signal } from '@preact/signals'
import { type Tone, tones } from '../model/tone.ts'

export type ThemeChoice = 'system' | 'light' | 'dark'

const key = 'kybern-theme'
const dark = window.matchMedia('(prefers-color-scheme: dark)')
const systemDark = signal(dark.matches)
dark.addEventListener('change', () => {
  systemDark.value = dark.matches
})

export const themeChoice = signal<ThemeChoice>(stored())

/** What is shown. */
export const theme = computed<'light' | 'dark'>(() =>
  themeChoice.value === 'system' ? (systemDark.value ? 'dark' : 'light') : themeChoice.value,
)

export function chooseTheme(choice: ThemeChoice): void {
  themeChoice.value = choice
  try {
    localStorage.setItem(key, choice)
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

/** Light and dark in turn. */
export function switchTheme(): void {
  chooseTheme(theme.value === 'dark' ? 'light' : 'dark')
}

function stored(): ThemeChoice {
  try {
    const choice = localStorage.getItem(key)
    return choice === 'light' || choice === 'dark' ? choice : 'system'
  } catch {
    return 'system'
  }
}

/** Colours of one tone. */
export interface ToneColours {
  readonly fill: string
  readonly ink: string
  readonly edge: string
}

/** Colours for canvases, as the style sheet has them. */
export interface Palette {
  readonly tones: Readonly<Record<Tone, ToneColours>>
  readonly background: string
  readonly raised: string
  readonly sunken: string
  readonly line: string
  readonly text: string
  readonly dim: string
  readonly accent: string
  readonly bad: string
}

/** Read anew whenever the theme changes. */
export const palette = computed<Palette>(() => {
  document.documentElement.dataset.theme = theme.value
  const style = getComputedStyle(document.documentElement)
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  const colours = (tone: Tone): ToneColours => ({
    fill: of(`${tone}-fill`),
    ink: of(`${tone}-ink`),
    edge: of(`${tone}-edge`),
  })
  return {
    tones: Object.fromEntries(tones.map((tone) => [tone, colours(tone)])) as Record<Tone, ToneColours>,
    ...{ background: of('ground'), raised: of('raised'), sunken: of('sunken'), line: of('line') },
    ...{ text: of('text'), dim: of('dim'), accent: of('accent'), bad: of('bad-edge') },
  }
})

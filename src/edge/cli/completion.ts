/** `kybern completion SHELL`: a script for the shell, made from the commands themselves. */
import type { Command } from 'commander'
import { KybernError } from '../../lib/coded-error.ts'
import type { Terminal } from './terminal.ts'

interface Words {
  readonly name: string
  readonly description: string
  readonly options: readonly string[]
}

/** Prints the script of bash, zsh or fish. Throws KYB-SHELL for others. */
export function completion(shell: string, program: Command, terminal: Terminal): number {
  const script = scripts[shell]
  if (script === undefined) throw new KybernError('KYB-SHELL', `there is no completion for "${shell}"`)
  const words = program.commands.map((command) => ({
    name: command.name(),
    description: command.description().replaceAll("'", ''),
    options: command.options.flatMap(({ long }) => (long ? [long] : [])),
  }))
  const text = script(words)
  terminal.data(text, { shell, script: text })
  return 0
}

const scripts: Readonly<Record<string, (words: readonly Words[]) => string>> = { bash, zsh, fish }

function bash(words: readonly Words[]): string {
  const cases = words.map(({ name, options }) => `    ${name}) words="${options.join(' ')}" ;;`)
  return `_kybern() {
  local words="${words.map(({ name }) => name).join(' ')}"
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "\${COMP_WORDS[1]}" in
${cases.map((line) => `  ${line}`).join('\n')}
      *) words="" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _kybern kybern
`
}

function zsh(words: readonly Words[]): string {
  const commands = words.map(({ name, description }) => `    '${name}:${description.replaceAll(':', ' ')}'`)
  const cases = words.map(({ name, options }) => `    ${name}) compadd -- ${options.join(' ')}; _files ;;`)
  return `#compdef kybern
_kybern() {
  local -a commands=(
${commands.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case "$words[2]" in
${cases.join('\n')}
  esac
}
compdef _kybern kybern
`
}

function fish(words: readonly Words[]): string {
  const lines = words.flatMap(({ name, description, options }) => [
    `complete -c kybern -n __fish_use_subcommand -f -a ${name} -d '${description}'`,
    ...options.map((option) => `complete -c kybern -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`),
  ])
  return `${lines.join('\n')}\n`
}

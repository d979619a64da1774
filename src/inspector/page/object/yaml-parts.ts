/** The parts of one line of YAML as a serializer writes it, for colouring. */

export interface YamlPart {
  readonly kind: 'space' | 'key' | 'mark' | 'string' | 'number' | 'word' | 'note'
  readonly text: string
}

const shape = /^(\s*)((?:- )*)(?:([^\s:#'"][^:]*|'[^']*'|"[^"]*")(:)(\s+|$))?(.*)$/

export function yamlParts(line: string): YamlPart[] {
  const [, indent = '', dashes = '', key = '', colon = '', gap = '', rest = ''] = shape.exec(line) ?? []
  const parts: YamlPart[] = [
    { kind: 'space', text: indent },
    { kind: 'mark', text: dashes },
    { kind: 'key', text: key },
    { kind: 'mark', text: colon + gap },
    { kind: kindOf(rest), text: rest },
  ]
  return parts.filter(({ text }) => text !== '')
}

function kindOf(value: string): YamlPart['kind'] {
  if (value.startsWith('#')) return 'note'
  if (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) return 'number'
  return /^(true|false|null|~|\{\}|\[\])$/.test(value) ? 'word' : 'string'
}

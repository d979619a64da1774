/** Programs that tell of the container and its process: echo, printf, env, date, sleep, ps, id, test and the like. */
import { parseDuration, toRfc3339 } from '../../../api/time.ts'
import { absolute, ended, fail, options, type Process, type Program, print, type Run } from './program.ts'

function unescaped(text: string): string {
  return text.replace(/\\(n|t|r|\\|a|b|e|0[0-7]{0,3}|x[0-9a-fA-F]{1,2})/g, (_all, code: string) => {
    const plain: Readonly<Record<string, string>> = {
      n: '\n',
      t: '\t',
      r: '\r',
      '\\': '\\',
      a: '\x07',
      b: '\b',
      e: '\x1b',
    }
    if (plain[code] !== undefined) return plain[code]
    return String.fromCharCode(
      code.startsWith('x') ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 8) || 0,
    )
  })
}

function* echo({ args }: Process): Run {
  const words = [...args]
  let [newline, escapes] = ['\n', false]
  while (/^-[neE]+$/.test(words[0] ?? '')) {
    const flag = words.shift() as string
    if (flag.includes('n')) newline = ''
    if (flag.includes('e')) escapes = true
  }
  const text = words.join(' ')
  yield* print((escapes ? unescaped(text) : text) + newline)
  return 0
}

function* printf({ args: [format = '', ...values] }: Process): Run {
  const rest = [...values]
  let text = ''
  do
    text += unescaped(format).replace(
      /%(-?\d*)(?:\.(\d+))?([sdixfc%b])/g,
      (_all, width: string, digits: string | undefined, kind: string) => {
        if (kind === '%') return '%'
        const value = rest.shift() ?? (/[dixf]/.test(kind) ? '0' : '')
        const own = /[di]/.test(kind)
          ? String(Math.trunc(Number(value)) || 0)
          : kind === 'x'
            ? Number(value).toString(16)
            : kind === 'f'
              ? Number(value).toFixed(Number(digits ?? 6))
              : kind === 'b'
                ? unescaped(value)
                : kind === 'c'
                  ? value.slice(0, 1)
                  : value
        return width.startsWith('-')
          ? own.padEnd(Number(width.slice(1)))
          : own.padStart(Number(width), width.startsWith('0') ? '0' : ' ')
      },
    )
  while (rest.length > 0 && /%[^%]/.test(format) && rest.length < values.length)
  yield* print(text)
  return 0
}

function* env(task: Process): Run {
  const variables = new Map(task.env)
  const rest = [...task.args]
  for (let arg = rest[0] ?? ''; arg.includes('=') || arg === '-i' || arg === '-u'; arg = rest[0] ?? '') {
    rest.shift()
    if (arg === '-i') variables.clear()
    else if (arg === '-u') variables.delete(rest.shift() ?? '')
    else variables.set(arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1))
  }
  const [name, ...args] = rest
  if (name === undefined) {
    yield* print([...variables].map(([key, value]) => `${key}=${value}\n`).join(''))
    return 0
  }
  const program = task.machine.program(name)
  if (program === undefined) return yield* fail(`env: can't execute '${name}': No such file or directory`, 127)
  return yield* program({ ...task, name, args, env: variables })
}

function* printenv(task: Process): Run {
  if (task.args.length === 0) return yield* env(task)
  const found = task.args.map((name) => task.env.get(name))
  yield* print(found.flatMap((value) => (value === undefined ? [] : [`${value}\n`])).join(''))
  return found.includes(undefined) ? 1 : 0
}

const days = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ')
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

function* date({ args, machine }: Process): Run {
  const now = machine.now()
  const format = args.find((arg) => arg.startsWith('+'))?.slice(1) ?? '%a %b %e %H:%M:%S UTC %Y'
  const [year = '', month = '', day = '', hour = '', minute = '', second = ''] = toRfc3339(now).split(/[-T:Z]/)
  const parts: Readonly<Record<string, string>> = {
    Y: year,
    m: month,
    d: day,
    H: hour,
    M: minute,
    S: second,
    e: String(Number(day)).padStart(2),
    y: year.slice(2),
    F: `${year}-${month}-${day}`,
    T: `${hour}:${minute}:${second}`,
    s: String(Math.floor(now / 1000)),
    N: String((now % 1000) * 1_000_000).padStart(9, '0'),
    Z: 'UTC',
    z: '+0000',
    '%': '%',
    n: '\n',
    a: days[(Math.floor(now / 86_400_000) + 4) % 7] as string,
    b: months[Number(month) - 1] as string,
  }
  yield* print(`${format.replace(/%([A-Za-z%])/g, (all, letter: string) => parts[letter] ?? all)}\n`)
  return 0
}

function* sleep({ args }: Process): Run {
  for (const arg of args) {
    if (arg === 'infinity') yield { type: 'sleep', ms: Number.POSITIVE_INFINITY }
    const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(arg)
    if (match === null) return yield* fail(`sleep: invalid number '${arg}'`)
    const unit = match[2] === 'd' ? 86_400_000 : parseDuration(`1${match[2] || 's'}`)
    yield { type: 'sleep', ms: Number(match[1]) * unit }
  }
  return args.length === 0 ? yield* fail('sleep: missing operand') : 0
}

function userOf({ machine }: Process): { user: number; group: number } {
  const own = (machine.container.securityContext ?? {}) as { runAsUser?: number; runAsGroup?: number }
  const pod = (machine.pod.spec?.securityContext ?? {}) as { runAsUser?: number; runAsGroup?: number }
  return { user: own.runAsUser ?? pod.runAsUser ?? 0, group: own.runAsGroup ?? pod.runAsGroup ?? 0 }
}

function* id(task: Process): Run {
  const { set } = options(task.args, 'ungG')
  const { user, group } = userOf(task)
  const named = (number: number): string => (number === 0 ? '0(root)' : String(number))
  if (set.has('u')) yield* print(set.has('n') ? `${user === 0 ? 'root' : user}\n` : `${user}\n`)
  else if (set.has('g')) yield* print(`${group}\n`)
  else yield* print(`uid=${named(user)} gid=${named(group)}${group === 0 ? ' groups=0(root)' : ` groups=${group}`}\n`)
  return 0
}

function* ps(task: Process): Run {
  const { container, pod } = task.machine
  const main =
    [...(container.command ?? []), ...(container.args ?? [])].join(' ') ||
    (container.image.split('/').pop() ?? '').split(/[:@]/)[0]
  const shared = pod.spec?.shareProcessNamespace === true
  const user = userOf(task).user === 0 ? 'root' : String(userOf(task).user)
  const rows: [number, string][] = [
    ...(shared ? ([[1, '/pause']] as [number, string][]) : []),
    [shared ? 7 : 1, main as string],
    [shared ? 13 : 7, `ps ${task.args.join(' ')}`.trim()],
  ]
  yield* print(
    `PID   USER     TIME  COMMAND\n${rows.map(([pid, text]) => `${String(pid).padStart(5)} ${user.padEnd(8)}  0:00 ${text}\n`).join('')}`,
  )
  return 0
}

/** The conditions of `test` and `[`. */
function holds(task: Process, args: readonly string[]): boolean {
  const or = args.indexOf('-o')
  if (or > 0 && args.length > 3) return holds(task, args.slice(0, or)) || holds(task, args.slice(or + 1))
  const and = args.indexOf('-a')
  if (and > 0 && args.length > 3) return holds(task, args.slice(0, and)) && holds(task, args.slice(and + 1))
  if (args[0] === '!' && args.length > 1) return !holds(task, args.slice(1))
  const [a = '', operator = '', b = ''] = args
  if (args.length === 0) return false
  if (args.length === 1) return a !== ''
  if (args.length === 2) {
    const { files } = task.machine
    const kind = files.kind(absolute(task.cwd, operator))
    if (a === '-z') return operator === ''
    if (a === '-n') return operator !== ''
    if (a === '-e' || a === '-r' || a === '-w') return kind !== undefined
    if (a === '-f') return kind === 'file'
    if (a === '-d' || a === '-x') return kind === 'directory'
    if (a === '-s') return (files.text(absolute(task.cwd, operator)) ?? '') !== ''
    if (a === '-t') return task.tty
    if (a === '-L' || a === '-h') return false
    throw new TestFault(`${a}: unknown operand`)
  }
  const numbers: Readonly<Record<string, (x: number, y: number) => boolean>> = {
    '-eq': (x, y) => x === y,
    '-ne': (x, y) => x !== y,
    '-lt': (x, y) => x < y,
    '-le': (x, y) => x <= y,
    '-gt': (x, y) => x > y,
    '-ge': (x, y) => x >= y,
  }
  if (operator === '=' || operator === '==') return a === b
  if (operator === '!=') return a !== b
  const compare = numbers[operator]
  if (compare === undefined) throw new TestFault(`${operator}: unknown operand`)
  const wrong = [a, b].find((text) => !/^\s*-?\d+\s*$/.test(text))
  if (wrong !== undefined) throw new TestFault(`${wrong}: bad number`)
  return compare(Number(a), Number(b))
}

class TestFault extends Error {}

function* test(task: Process): Run {
  const isBracket = task.name === '['
  if (isBracket && task.args.at(-1) !== ']') return yield* fail('[: missing ]', 2)
  try {
    return holds(task, isBracket ? task.args.slice(0, -1) : task.args) ? 0 : 1
  } catch (error) {
    if (error instanceof TestFault) return yield* fail(`${task.name}: ${error.message}`, 2)
    throw error
  }
}

function* which({ args, machine }: Process): Run {
  let code = 0
  for (const name of args) {
    if (machine.program(name) === undefined) code = 1
    else yield* print(`/bin/${name}\n`)
  }
  return code
}

export const systemCommands: Readonly<Record<string, Program>> = {
  echo,
  printf,
  env,
  printenv,
  date,
  sleep,
  id,
  ps,
  test,
  '[': test,
  which,
  true: () => ended(0),
  false: () => ended(1),
  *pwd({ cwd }) {
    yield* print(`${cwd}\n`)
    return 0
  },
  *hostname({ args, machine }) {
    yield* print(`${args[0] === '-i' ? machine.pod.status?.podIP : machine.hostname}\n`)
    return 0
  },
  *whoami(task) {
    const { user } = userOf(task)
    yield* print(`${user === 0 ? 'root' : user}\n`)
    return 0
  },
  *uname({ args, machine }) {
    const all = ['Linux', machine.hostname, '6.12.0', '#1 SMP', 'x86_64', 'GNU/Linux'] as const
    const flag = args[0] ?? '-s'
    const one = { '-s': all[0], '-n': all[1], '-r': all[2], '-v': all[3], '-m': all[4], '-o': all[5] }[flag]
    yield* print(`${flag === '-a' ? all.join(' ') : (one ?? all[0])}\n`)
    return 0
  },
  *nproc() {
    yield* print('1\n')
    return 0
  },
}

/** Programs that use the simulated network: wget, curl, nslookup, nc -z. */
import { bytesOf } from '../../../lib/bytes.ts'
import {
  absolute,
  type FetchEffect,
  type Fetched,
  fail,
  options,
  type Process,
  type Program,
  print,
  type Run,
} from './program.ts'

function* fetched(effect: Omit<FetchEffect, 'type'>): Run<Fetched> {
  return yield { type: 'fetch', ...effect }
}

const withScheme = (url: string): string => (/^[a-z]+:\/\//i.test(url) ? url : `http://${url}`)

function* wget(task: Process): Run {
  const plain = task.args.map((arg) => (/^--(spider|quiet)$/.test(arg) ? (arg === '--quiet' ? '-q' : '-s') : arg))
  const { set, rest } = options(
    plain.filter((arg) => !arg.startsWith('--timeout') && !arg.startsWith('--tries') && !arg.startsWith('--no-')),
    'qScs',
    'OTtPU',
  )
  const [url = ''] = rest
  const full = withScheme(url)
  const answer = yield* fetched({ url: full, method: 'GET', headers: {}, body: '' })
  const host = full.replace(/^[a-z]+:\/\//i, '').split('/')[0] as string
  if ('error' in answer) return yield* fail(`wget: ${wgetWords(answer.error, host)}`)
  if (!set.has('q')) yield* fail(`Connecting to ${host}`)
  if (answer.status >= 400) return yield* fail(`wget: server returned error: HTTP/1.1 ${answer.status}`)
  if (set.has('s')) return 0
  const target = set.get('O') ?? (full.split('/').slice(3).join('/').split(/[?#]/)[0] || 'index.html')
  if (target === '-') yield* print(answer.body)
  else {
    const why = task.machine.files.write(absolute(task.cwd, target), answer.body)
    if (why !== '') return yield* fail(`wget: can't open '${target}': ${why}`)
  }
  return 0
}

function wgetWords(error: string, host: string): string {
  if (error.includes('no such host')) return `bad address '${host}'`
  if (error.includes('refused')) return `can't connect to remote host: Connection refused`
  return 'download timed out'
}

function* curl(task: Process): Run {
  const long: Readonly<Record<string, string>> = {
    '--silent': '-s',
    '--fail': '-f',
    '--include': '-i',
    '--head': '-I',
    '--request': '-X',
    '--header': '-H',
    '--data': '-d',
    '--output': '-o',
    '--write-out': '-w',
    '--max-time': '-m',
    '--show-error': '-S',
    '--location': '-L',
    '--insecure': '-k',
    '--verbose': '-v',
  }
  const args = task.args.flatMap((arg) => (arg.startsWith('--connect-timeout') ? [] : [long[arg] ?? arg]))
  const { set, rest } = options(args, 'sSfiILkvgN', 'XHdowmAu')
  const [url = ''] = rest
  const method = set.get('X') ?? (set.has('I') ? 'HEAD' : set.has('d') ? 'POST' : 'GET')
  const [name, value] = (set.get('H') ?? '').split(/:\s*/, 2)
  const headers = name ? { [name]: value ?? '' } : {}
  const full = withScheme(url)
  const answer = yield* fetched({ url: full, method, headers, body: set.get('d') ?? '' })
  if ('error' in answer) return yield* curlFails(full, answer.error, set.has('s') && !set.has('S'))
  if (set.has('f') && answer.status >= 400)
    return set.has('s') && !set.has('S')
      ? 22
      : yield* fail(`curl: (22) The requested URL returned error: ${answer.status}`, 22)
  const head = `HTTP/1.1 ${answer.status}\r\n${Object.entries(answer.headers)
    .map(([key, text]) => `${key}: ${text}\r\n`)
    .join('')}\r\n`
  const body = method === 'HEAD' ? '' : answer.body
  const text = set.has('i') || set.has('I') ? head + body : body
  const target = set.get('o')
  if (target === undefined) yield* print(text)
  else task.machine.files.write(absolute(task.cwd, target), text)
  const format = set.get('w')
  if (format !== undefined)
    yield* print(
      format
        .replaceAll('%{http_code}', String(answer.status))
        .replaceAll('%{size_download}', String(bytesOf(body).length))
        .replaceAll('\\n', '\n'),
    )
  return 0
}

function* curlFails(url: string, error: string, quiet: boolean): Run {
  const host = url.replace(/^[a-z]+:\/\//i, '').split('/')[0] as string
  const [name, port = '80'] = host.split(':')
  const [code, words] = error.includes('no such host')
    ? [6, `Could not resolve host: ${name}`]
    : error.includes('refused')
      ? [7, `Failed to connect to ${name} port ${port} after 0 ms: Could not connect to server`]
      : [28, `Failed to connect to ${name} port ${port} after 5000 ms: Timeout was reached`]
  return quiet ? code : yield* fail(`curl: (${code}) ${words}`, code)
}

function* nslookup({ args, machine }: Process): Run {
  const name = args.find((arg) => !arg.startsWith('-')) ?? ''
  const [dns] = machine.resolve('kube-dns.kube-system.svc.cluster.local')
  const server = dns ?? '10.96.0.10'
  yield* print(`Server:\t\t${server}\nAddress:\t${server}:53\n\n`)
  const found = machine.resolve(name)
  if (found.length === 0) {
    yield* print(`** server can't find ${name}: NXDOMAIN\n\n`)
    return 1
  }
  yield* print(`${found.map((ip) => `Name:\t${name}\nAddress: ${ip}\n`).join('')}\n`)
  return 0
}

function* nc(task: Process): Run {
  const { set, rest } = options(task.args, 'zvn', 'w')
  const [host = '', port = ''] = rest
  const answer = yield* fetched({ url: `http://${host}:${port}/`, method: 'GET', headers: {}, body: '' })
  const isOpen = !('error' in answer)
  if (!set.has('z')) return yield* fail('nc: only -z is known to simulated containers')
  if (set.has('v'))
    yield* fail(isOpen ? `${host} (${host}:${port}) open` : `nc: ${host} (${host}:${port}): Connection refused`)
  return isOpen ? 0 : 1
}

export const networkCommands: Readonly<Record<string, Program>> = { wget, curl, nslookup, nc }

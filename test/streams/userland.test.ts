// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shell lines have them too
/** The programs of simulated containers: the shell's language, files, text, archives, and images with their own. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, createCluster } from '../../src/index.ts'
import { bytesOf, textOf } from '../../src/lib/bytes.ts'
import { expressionOf } from '../../src/node/simulated/userland/expression.ts'
import { matchesPattern } from '../../src/node/simulated/userland/glob.ts'
import { Terminal } from '../../src/node/simulated/userland/terminal.ts'

let cluster: Cluster

const pod = (name: string, image: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'main', image, command: ['sleep', 'infinity'], ...more }] },
})

beforeAll(async () => {
  cluster = await createCluster({
    nodes: 1,
    images: {
      'tool:*': {
        commands: {
          greet: ({ args, env }) => `hello ${args.join(' ')} from ${env.HOSTNAME}\n`,
          upper: ({ stdin }) => ({ stdout: stdin.toUpperCase(), code: 3 }),
          save: ({ files }) => files.write('/tmp/saved', 'x').length,
        },
      },
    },
  })
  await cluster.apply(pod('box', 'busybox:1'))
  await cluster.apply(pod('tool', 'tool:1'))
  await cluster.apply(pod('bare', 'registry.k8s.io/pause:3.10'))
  await cluster.settle()
})
afterAll(() => cluster.close())

const sh = (line: string, name = 'box') => cluster.exec(name, ['sh', '-c', line])

describe('the shell', () => {
  test.each([
    ['echo a; echo b', 'a\nb\n'],
    ['false || echo or', 'or\n'],
    ['true && echo and', 'and\n'],
    ['! false && echo not', 'not\n'],
    ['x=1; echo "$x" \'$x\' ${x}2', '1 $x 12\n'],
    ['echo ${a:-d} ${b=c} $b ${#b}', 'd c c 1\n'],
    ['f=/a/b.tar.gz; echo ${f##*/} ${f%.gz} ${f%%.*}', 'b.tar.gz /a/b.tar /a/b\n'],
    ['echo $(echo in $(echo side))', 'in side\n'],
    ['echo `echo old`', 'old\n'],
    ['echo $((2 + 3 * 4)) $((7 % 4))', '14 3\n'],
    ['for i in a b; do echo $i; done', 'a\nb\n'],
    ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i = 2 ] && continue; echo $i; done', '1\n3\n'],
    ['until true; do echo never; done; echo end', 'end\n'],
    ['if false; then echo a; elif true; then echo b; else echo c; fi', 'b\n'],
    ['case web-1 in db*) echo db;; web*|app) echo web;; esac', 'web\n'],
    ['(cd /tmp; pwd); pwd', '/tmp\n/\n'],
    ['{ echo a; echo b; } | wc -l', '2\n'],
    ['seq 1 5 | tail -n 2 | head -n 1', '4\n'],
    ['yes | head -n 2', 'y\ny\n'],
    ['echo b a | tr " " "\\n" | sort', 'a\nb\n'],
    ['cat <<E\nx=$((1+1))\nE', 'x=2\n'],
    ["cat <<'E'\n$x\nE", '$x\n'],
    ['echo out; echo err >&2', 'out\n'],
    ['ls /nope 2>&1 | cat', 'ls: /nope: No such file or directory\n'],
    ['ls /nope 2>/dev/null; echo $?', '1\n'],
    ['printf "%s-%03d\\n" a 7', 'a-007\n'],
    ['set -- x y; echo $# $1 "$@"; shift; echo $1', '2 x x y\ny\n'],
    ['echo a b | while read x y; do echo $y; done', 'b\n'],
    ['A=1 env | grep ^A=', 'A=1\n'],
    ['mkdir /tmp/g; cd /tmp/g; touch a.txt b.txt c; echo *.txt "*"', 'a.txt b.txt *\n'],
    ['# remark\necho done', 'done\n'],
    ['set -e; if false; then :; fi; false; echo no', ''],
    ['echo one\\\ntwo', 'onetwo\n'],
  ])('%s', (line, stdout) => {
    expect(sh(line).stdout).toBe(stdout)
  })

  test.each([
    ['exit 7', 7],
    ['true; false', 1],
    ['nosuch', 127],
    ['echo x > /tmp/f; /tmp/f', 126],
    ['set -e; false; true', 1],
    ['if', 2],
    ['echo "a', 2],
  ])('%s ends with %i', (line, code) => {
    expect(sh(line).code).toBe(code)
  })

  test('says what is wrong', () => {
    expect(sh('nosuch').stderr).toBe('sh: nosuch: not found\n')
    expect(sh('ls -Z').stderr).toBe("ls: invalid option -- 'Z'\n")
    expect(sh('echo a; fi').stderr).toBe('sh: syntax error: unexpected "fi"\n')
  })

  test('a loop without an end is refused where nobody can wait', () => {
    expect(() => sh('while true; do :; done')).toThrow('KYB-EXEC')
    expect(() => sh('sleep 1')).toThrow('KYB-EXEC')
  })
})

describe('files', () => {
  test('are made, moved and removed with their directories', () => {
    expect(
      sh('mkdir -p /home/a/b && echo x > /home/a/b/f && cp -r /home/a /home/c && mv /home/a/b/f /home/a/g').code,
    ).toBe(0)
    expect(sh('find /home').stdout).toBe('/home\n/home/a\n/home/a/b\n/home/a/g\n/home/c\n/home/c/b\n/home/c/b/f\n')
    expect(sh('rm -r /home/c; ls /home; cat /home/a/g').stdout).toBe('a\nx\n')
    expect(sh('rm /home/a').stderr).toBe("rm: '/home/a' is a directory\n")
    expect(sh('echo x > /no/where').stderr).toBe("sh: can't create /no/where: No such file or directory\n")
    expect(sh('rm -r /etc').stderr).toBe("rm: can't remove '/etc': Device or resource busy\n")
  })

  test('go through an archive and come out the same', () => {
    sh(
      'mkdir -p /tmp/in/sub; echo one > /tmp/in/1; echo two > /tmp/in/sub/2; cd /tmp; tar cf x.tar in; mkdir out; tar xf x.tar -C out',
    )
    expect(sh('cd /tmp/out; find . -type f; cat in/sub/2').stdout).toBe('./in/1\n./in/sub/2\ntwo\n')
    expect(sh('tar tf /tmp/x.tar').stdout).toBe('in/\nin/1\nin/sub/\nin/sub/2\n')
    expect(sh('echo nonsense | tar xf -')).toMatchObject({ code: 1, stderr: 'tar: short read\n' })
  })

  test('every container has some', () => {
    expect(sh('cat /etc/hostname').stdout).toBe('box\n')
    expect(sh('cat /etc/resolv.conf').stdout).toContain('default.svc.cluster.local')
    expect(sh('ls /bin').stdout).toMatch(/^ash\n/m)
  })
})

describe('images', () => {
  test('without a shell run nothing', () => {
    expect(() => cluster.exec('bare', ['sh'])).toThrow('exec: "sh": executable file not found in $PATH: unknown')
    expect(() => cluster.exec('box', ['/opt/x'])).toThrow('exec: "/opt/x": stat /opt/x: no such file or directory')
    expect(() => cluster.exec('box', ['bash'])).toThrow('executable file not found')
    expect(cluster.exec('tool', ['bash', '-c', 'echo yes']).stdout).toBe('yes\n')
  })

  test('have the commands an embedder gives them', () => {
    expect(cluster.exec('tool', ['greet', 'you']).stdout).toBe('hello you from tool\n')
    expect(sh('echo abc | upper; echo $?', 'tool').stdout).toBe('ABC\n3\n')
    expect(sh('save; cat /tmp/saved', 'tool').stdout).toBe('x')
    expect(sh('greet').stderr).toBe('sh: greet: not found\n')
  })
})

describe('small parts', () => {
  test('any bytes survive as text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect([...bytesOf(textOf(bytes))]).toEqual([...bytes])
      }),
    )
  })

  test('expressions answer as JavaScript does', () => {
    const letters = fc.constantFrom('a', 'b', 'c')
    const patterns = fc.constantFrom('a*b', '(a|b)+c', '^a?b', 'c$', '[ab]{2}', 'a.c', '[^a]b', 'x*')
    fc.assert(
      fc.property(patterns, fc.array(letters, { maxLength: 8 }), (pattern, parts) => {
        const line = parts.join('')
        expect(expressionOf(pattern, true, false).find(line)?.start ?? -1).toBe(line.search(new RegExp(pattern)))
      }),
    )
  })

  test('expressions take no longer for evil patterns', () => {
    expect(expressionOf('(a*)*(a|aa)+$', true, false).find(`${'a'.repeat(2000)}b`)).toBeUndefined()
  })

  test('patterns of names', () => {
    expect(matchesPattern('*.t?t', 'a.txt')).toBe(true)
    expect(matchesPattern('[!a-c]*', 'b')).toBe(false)
    expect(matchesPattern('\\*', '*')).toBe(true)
    expect(matchesPattern('*'.repeat(50), 'x'.repeat(500))).toBe(true)
  })

  test('a terminal shows and edits what is typed', () => {
    const terminal = new Terminal()
    expect(terminal.type(bytesOf('ab\x7fc\r'))).toMatchObject({ echo: 'ab\b \bc\r\n', lines: [bytesOf('ac\n')] })
    expect(terminal.type(bytesOf('x\x03'))).toMatchObject({ interrupted: true, lines: [] })
    expect(terminal.type(bytesOf('\x04'))).toMatchObject({ ended: true })
  })
})

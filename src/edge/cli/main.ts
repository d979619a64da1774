#!/usr/bin/env node
/** The command `kybern`: commands and options; each command is in its own file and loaded when it is asked for. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { KybernError } from '../../lib/coded-error.ts'
import type { ExploreSettings } from './explore.ts'
import type { StartOptions } from './start.ts'
import { described, Terminal } from './terminal.ts'
import type { UpOptions } from './up.ts'

/** The exit code of words that are no command. */
const misuse = 2

const modes = ['exhaustive', 'random', 'pct', 'swarm', 'delayBound', 'guided', 'portfolio']

type Settings = Record<string, unknown>
type Action = (terminal: Terminal, args: string[], options: Settings) => number | Promise<number>

const program = new Command('kybern')
  .description('A Kubernetes-compatible control plane: real API, controllers and scheduler, simulated nodes.')
  .enablePositionalOptions()
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({ writeErr: () => {} })

/** Adds a command. Its action answers the exit code; what it throws is told on stderr and ends with 1. */
function add(usage: string, description: string, act: Action): Command {
  const command = program.command(usage).description(description)
  command.addOption(new Option('-o, --output <form>', 'how data is printed').choices(['text', 'json']).default('text'))
  command.action(async (...all: unknown[]) => {
    const options = command.opts<Settings>()
    const terminal = new Terminal(options.output === 'json')
    const args = (all.slice(0, -2) as (string | string[] | undefined)[]).flat().filter((one) => one !== undefined)
    try {
      process.exitCode = await act(terminal, args, options)
    } catch (error) {
      fail(terminal, error)
    }
  })
  return command
}

/** Tells what went wrong; a detached cluster tells the process that started it. */
function fail(terminal: Terminal, error: unknown): void {
  terminal.failure(error)
  process.exitCode = error instanceof KybernError && error.code === 'KYB-USAGE' ? misuse : 1
  if (process.send !== undefined && process.connected)
    process.send({ failed: described(error) }, () => process.disconnect())
}

function cluster(command: Command, time: string): Command {
  return command
    .option('-f, --filename <file...>', 'manifests to apply: files, folders, - for standard input')
    .option('-n, --nodes <number>', 'how many simulated nodes (default: 3, none beside imported ones)', wholeNumber)
    .option('--import <file...>', 'begins with the objects of another cluster: kubectl get -A -o yaml')
    .option('--leave-out <kind...>', 'kinds that are not imported: Certificate, Certificate.cert-manager.io')
    .option('--seed <number>', 'what names, uids and jitter follow from', wholeNumber, 1)
    .option('--time <mode>', 'real, virtual, eager, or a pace such as 60x', time)
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

function threads(text: string): number {
  const count = wholeNumber(text)
  if (count < 1 || count > 256) throw new InvalidArgumentError('It must be between 1 and 256.')
  return count
}

function portNumber(text: string): number {
  const port = wholeNumber(text)
  if (port > 65_535) throw new InvalidArgumentError('It must be at most 65535.')
  return port
}

cluster(
  add('up', 'brings a cluster up until Ctrl-C', async (terminal, _args, options) =>
    (await import('./up.ts')).up(options as unknown as UpOptions, terminal),
  ),
  'real',
)
  .option('-p, --port <number>', 'the port to listen on; 0 is any free one (default: 6443, or a free one)', portNumber)
  .option('-d, --detach', 'in the background; `kybern down` ends it')
  .option('--merge', 'also puts it into your own kubeconfig while it runs')
  .option('--inspector <port>', 'the port of the inspector (default: any free one)', portNumber)
  .option('--no-inspector', 'without it: nothing is recorded')
  .option('--demo', 'applies a Deployment of nginx and shows it become ready')

cluster(
  add('run', 'runs a command with a cluster of its own, and ends with its exit code', async (terminal, args, options) =>
    (await import('./run.ts')).run(options as unknown as StartOptions, args, terminal),
  )
    .argument('<command...>', 'the command, after --')
    .passThroughOptions(),
  'eager',
)

add('down', 'ends the cluster of this directory', async (terminal) => (await import('./control.ts')).down(terminal))
add('status', 'how the cluster is', async (terminal) => (await import('./control.ts')).status(terminal))
add('advance <duration>', 'skips cluster time ahead: 90s, 10m, 24h', async (terminal, [duration = '']) =>
  (await import('./control.ts')).advance(duration, terminal),
)
add('kill <node>', 'a node dies with everything on it', async (terminal, [node = '']) =>
  (await import('./control.ts')).kill(node, terminal),
)
add('machines [name...]', 'the statecharts of objects and nodes', async (terminal, names, { format }) =>
  (await import('./machines.ts')).machines(names, format as 'json', terminal),
).addOption(new Option('--format <form>', 'as what').choices(['json', 'mermaid', 'scxml']))
add('doctor', 'what is missing on this machine', async (terminal) => (await import('./doctor.ts')).doctor(terminal))
add('explain [code]', 'what a code means', async (terminal, [code]) =>
  (await import('./explain.ts')).explain(code, terminal),
)
add('completion <shell>', 'a completion script for bash, zsh or fish', async (terminal, [shell = '']) =>
  (await import('./completion.ts')).completion(shell, program, terminal),
)
add('version', 'the version', async (terminal) => (await import('./version.ts')).version(terminal))

add('fork', 'a second cluster from this moment, in the inspector', async (terminal) =>
  (await import('./inspect.ts')).fork(terminal),
)
add(
  'inspect [file]',
  'the inspector of the cluster here, or of a saved run or a counterexample',
  async (terminal, args, options) =>
    args[0] === undefined
      ? (await import('./inspect.ts')).inspect(options as { open?: boolean }, terminal)
      : (await import('./inspect-file.ts')).inspectFile(args[0], options, terminal),
)
  .option('--open', 'opens it in the browser too')
  .option('-p, --port <number>', 'of a file: the port to listen on (default: any free one)', portNumber)
  .option('--use <module...>', 'of a file: modules that export the controllers and kinds of a counterexample')
add(
  'replay <file>',
  'repeats a saved run or a counterexample and says whether it ends the same',
  async (terminal, [file = ''], { use }) =>
    (await import('./replay.ts')).replay(file, (use ?? []) as string[], terminal),
).option('--use <module...>', 'modules that export the controllers and kinds of a counterexample')

add(
  'explore <module>',
  'explores what a module exports: every order, or runs by seed, until a budget is used up',
  async (terminal, [module = ''], options) =>
    (await import('./explore.ts')).explore(module, options as unknown as ExploreSettings, terminal),
)
  .option('--only <name>', 'one of its explorations, by the name of its export or its scenario')
  .option('-w, --workers <number>', 'how many threads make the runs; the verdict is the same', threads, 1)
  .option('--budget <duration>', 'how long it may take: 30s, 5m')
  .addOption(
    new Option('--mode <mode>', 'how it explores (default: as the module says, else exhaustive)').choices(modes),
  )
  .option('--runs <number>', 'how many runs (default: 1000, without end with a budget)', wholeNumber)
  .option('--states <number>', 'how many states of an exhaustive search (default: 200000)', wholeNumber)
  .option('--seed <number>', 'the seed of the first run', wholeNumber)
  .option('--save <folder>', 'where counterexamples are kept', 'test-results')
  .option('--no-save', 'keeps none')

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  const asked = ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(error.code)
  if (asked && error.exitCode === 0) process.exitCode = 0
  else if (error.code === 'commander.help') usage('which command?')
  else usage(error.message.replace(/^error: /, ''))
}

function usage(message: string): void {
  const json = /--output[= ]json|-o[= ]?json/.test(process.argv.join(' '))
  new Terminal(json).failure(new KybernError('KYB-USAGE', message))
  process.exitCode = misuse
}

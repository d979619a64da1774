/** The script language of simulated containers, and what images and commands suggest without one. */
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { type ContainerSpec, imageExists, matchesGlob, scriptOf } from '../../src/node/simulated/behaviour.ts'
import { parseScript, plainScript } from '../../src/node/simulated/script.ts'

const never = Number.POSITIVE_INFINITY

test.each([
  ['exit 3', { exitCode: 3, exitMs: 0 }],
  ['exit 1 after 5s', { exitCode: 1, exitMs: 5000 }],
  ['ready after 1m30s', { readyMs: 90_000 }],
  ['never ready', { readyMs: never }],
  ['live until 60s', { liveMs: 60_000 }],
  ['ignore TERM', { ignoresTerm: true }],
  ['stop after 3s', { stopMs: 3000 }],
  ['cpu 200m', { cpuMilli: 200 }],
  ['memory 64Mi', { memoryBytes: 67_108_864 }],
  ['cpu 5m per request', { cpuMilliPerRequest: 5 }],
  ['pull fails', { pullFails: true }],
  ['pull takes 10s', { pullMs: 10_000 }],
  ['serve "hello; world"', { serves: 'hello; world' }],
  ['log "a" after 2s', { logs: [{ text: 'a', atMs: 2000, everyMs: never }] }],
  ['log "a; b" every 10s', { logs: [{ text: 'a; b', atMs: 10_000, everyMs: 10_000 }] }],
  ['# a remark\n\ncpu 1; memory 1Gi', { cpuMilli: 1000, memoryBytes: 2 ** 30 }],
])('%s', (text, wanted) => {
  expect(parseScript(text)).toEqual({ ...plainScript, ...wanted })
})

test.each(['dance', 'exit', 'cpu much', 'log "a" every 0s', 'ready after', 'ready after soon', 'exit one'])(
  '%s is refused by name',
  (text) => {
    expect(() => parseScript(text)).toThrow(/^KYB-(SCRIPT|DURATION)/)
  },
)

describe('the script of a container', () => {
  const pod = (script?: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', ...(script === undefined ? {} : { annotations: { 'kybern.dev/script': script } }) },
  })
  const container = (more: Partial<ContainerSpec> = {}): ContainerSpec => ({ name: 'main', image: 'app:1', ...more })

  test('is the annotation’s for all containers, or the one that is named', () => {
    expect(scriptOf(pod('exit 2'), container(), {}).exitCode).toBe(2)
    const both = pod('main: exit 2\nother: exit 3\nother: ready after 1s')
    expect(scriptOf(both, container(), {}).exitCode).toBe(2)
    expect(scriptOf(both, container({ name: 'other' }), {})).toMatchObject({ exitCode: 3, readyMs: 1000 })
    expect(scriptOf(both, container({ name: 'third' }), {})).toEqual(plainScript)
  })

  test('may be blocks', () => {
    const text = 'main: |\n  exit 2\n  cpu 10m\nother: exit 3'
    expect(scriptOf(pod(text), container(), {})).toMatchObject({ exitCode: 2, cpuMilli: 10 })
    expect(scriptOf(pod(text), container({ name: 'other' }), {}).exitCode).toBe(3)
  })

  test('may be a JSON map', () => {
    const json = pod(JSON.stringify({ main: 'exit 2', other: 'exit 3; ready after 1s' }))
    expect(scriptOf(json, container({ name: 'other' }), {})).toMatchObject({ exitCode: 3, readyMs: 1000 })
  })

  test('goes before those of images by glob', () => {
    const scripts = { 'app:*': 'cpu 50m', '*': 'cpu 10m' }
    expect(scriptOf(pod(), container(), scripts).cpuMilli).toBe(50)
    expect(scriptOf(pod(), container({ image: 'b' }), scripts).cpuMilli).toBe(10)
    expect(scriptOf(pod('cpu 1'), container(), scripts).cpuMilli).toBe(1000)
  })

  test.each([
    [['sleep', '5'], { exitMs: 5000, exitCode: 0 }],
    [['sleep', '1.5'], { exitMs: 1500 }],
    [['sleep', '2m'], { exitMs: 120_000 }],
    [['sleep', '1d'], { exitMs: 86_400_000 }],
    [['sleep', 'infinity'], { exitMs: never }],
    [['sh', '-c', 'sleep 1 && sleep 2'], { exitMs: 3000, exitCode: 0 }],
    [['/bin/bash', '-c', 'echo hi; exit 7'], { exitMs: 0, exitCode: 7 }],
    [['sh', '-c', 'while true; do sleep 1; done'], { exitMs: never }],
    [['python', 'app.py'], { exitMs: never }],
  ])('follows the command %j', (command, wanted) => {
    expect(scriptOf(pod(), container({ command }), {})).toMatchObject(wanted)
  })

  test('of a shell image without a command ends at once; others run', () => {
    for (const image of ['busybox', 'alpine:3', 'docker.io/library/ubuntu:24.04']) {
      expect(scriptOf(pod(), container({ image }), {})).toMatchObject({ exitMs: 0, exitCode: 0 })
    }
    expect(scriptOf(pod(), container({ image: 'redis' }), {}).exitMs).toBe(never)
  })
})

test.each([
  ['nginx:1.14.2', true],
  ['nginx:1.161', false],
  ['invalid.registry.k8s.io/invalid/alpine:3.1', false],
  ['app:does-not-exist', false],
  ['app:v0.120.0', true],
])('whether %s can be pulled: %s', (image, exists) => {
  expect(imageExists(image)).toBe(exists)
})

test.each([
  ['app:*', 'app:1', true],
  ['app.x:*', 'appzx:1', false],
  ['*/app', 'r/app', true],
  ['app', 'app:1', false],
])('the glob %s and %s: %s', (glob, image, matches) => {
  expect(matchesGlob(glob, image)).toBe(matches)
})

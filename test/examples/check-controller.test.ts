/** An operator's bugs found without one property written: what every controller owes. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ControllerCheck, check, PropertyViolated } from '../../src/testing/index.ts'
import { type Make, Site, site, siteOperator } from './site-operator.ts'

const tried = (make: Make, options: Partial<ControllerCheck> = {}) =>
  check.controller(siteOperator(make), { samples: [site()], edits: [site('nginx:2')], uses: [Site], ...options })

async function violationOf(make: Make, options: Partial<ControllerCheck> = {}): Promise<PropertyViolated> {
  const error = await tried(make, options).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(PropertyViolated)
  return error as PropertyViolated
}

test('a sound operator owes nothing', async () => {
  const reports = await tried('sound')
  expect(reports.map(({ scenario, verdict }) => [scenario, verdict])).toEqual([
    ['sites: comes', 'bounded'],
    ['sites: is changed', 'bounded'],
    ['sites: comes and goes', 'bounded'],
    ['sites: comes again under its name', 'bounded'],
  ])
})

test('a missing finalizer: the record stays when the operator crashes at the wrong moment', async () => {
  const { report, message } = await violationOf('without a finalizer')
  expect(report.counterexample?.property).toBe('leaves nothing behind')
  expect(report.counterexample?.log.length).toBeLessThanOrEqual(5)
  expect(message).toContain('configmaps kube-public/record-blog is left behind')
})

test('a stale read: a second pod is made before the first one is seen', async () => {
  expect((await violationOf('trusting its cache')).report.counterexample?.property).toBe('comes to the same end')
  const { report, message } = await violationOf('trusting its cache', { faults: { lag: 3, fail: 1, echo: 1 } })
  expect(report.counterexample?.property).toBe('comes to the same end')
  expect(report.counterexample?.log.length).toBeLessThanOrEqual(5)
  expect(message).toMatch(/hold controller\/sites pods/)
})

test('its counterexample is played again from the command line', async () => {
  const { report } = await violationOf('without a finalizer')
  const folder = mkdtempSync(join(tmpdir(), 'kybern-'))
  const path = join(folder, 'lost-record.json')
  writeFileSync(path, JSON.stringify(report.counterexample?.file()))
  const kybern = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'src/edge/cli/main.ts', 'replay', path, ...args], {
      encoding: 'utf8',
    })
  const played = kybern('--use', 'test/examples/site-operator.ts')
  expect(played.stdout).toContain('reconciles default/blog; dies before its 1st write')
  expect(played.stdout).toContain(`same: ${report.counterexample?.chain}`)
  expect(played.status).toBe(0)
  const alone = kybern()
  expect(alone.status).toBe(1)
  expect(alone.stderr).toContain('KYB-REPLAY')
})

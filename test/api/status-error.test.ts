/** Field errors and Status errors against the JSON of the real library. */
import { describe, expect, it } from 'vitest'
import * as fields from '../../src/api/field-error.ts'
import * as errors from '../../src/api/status-error.ts'
import { golden } from '../support/golden.ts'

interface FieldCase {
  call: string
  args: Record<string, unknown>
  type: string
  text: string
  body: string
}
const fieldCases = golden<{ path: string; errors: FieldCase[] }>('field-error')
const place = fields.path('spec').child('template', 'spec').child('containers').index(0).child('env').key('A b')

function build({ call, args }: FieldCase): fields.FieldError {
  const make = (fields as unknown as Record<string, (...args: unknown[]) => fields.FieldError>)[call]
  if (make === undefined) throw new Error(`no ${call}`)
  return make(
    place,
    ...Object.keys(args)
      .sort(byPosition)
      .map((key) => args[key]),
  )
}

const order = ['value', 'actual', 'allowed', 'detail', 'limit']
function byPosition(a: string, b: string): number {
  return order.indexOf(a) - order.indexOf(b)
}

describe('field errors', () => {
  it('writes paths', () => {
    expect(`${place}`).toBe(fieldCases.path)
    expect(`${fields.path().child('key')}`).toBe('key')
  })
  it.each(fieldCases.errors.map((one) => [one.text, one] as const))('%s', (_text, one) => {
    const error = build(one)
    expect(error.type).toBe(one.type)
    expect(fields.fieldErrorBody(error)).toBe(one.body)
    expect(fields.fieldErrorText(error)).toBe(one.text)
  })
})

interface StatusCase {
  call: string
  args: unknown[]
  status: errors.Status
}
const named: Record<string, fields.FieldError> = {
  selector: fields.invalidValue('spec.selector', 'x', 'bad'),
  template: fields.required('spec.template'),
}

describe('status errors', () => {
  it.each(golden<StatusCase[]>('status').map((one) => [`${one.call} ${JSON.stringify(one.args)}`, one] as const))(
    '%s',
    (_title, { call, args, status }) => {
      const make = (errors as unknown as Record<string, (...args: unknown[]) => errors.StatusError>)[call]
      const given = call === 'invalid' ? [args[0], args[1], (args[2] as string[]).map((name) => named[name])] : args
      const error = make?.(...given)
      expect(error).toBeInstanceOf(errors.StatusError)
      expect(error?.status).toEqual(status)
      expect([error?.code, error?.reason, error?.message]).toEqual([status.code, status.reason, status.message])
    },
  )
  it('says what is not built, with a stable code', () => {
    const { status } = errors.notImplemented('KYB-EXEC', 'exec has no stream yet')
    expect(status).toMatchObject({
      code: 501,
      reason: 'NotImplemented',
      details: { causes: [{ reason: 'KYB-EXEC', message: 'exec has no stream yet' }] },
    })
  })
  it('takes a whole Status and recognises its own', () => {
    const stale = errors.conflict('deployments.apps', 'x')
    expect(new errors.StatusError(stale.status).status).toEqual(stale.status)
    expect(errors.isStatusError(stale, 'Conflict')).toBe(true)
    expect(errors.isStatusError(stale, 'NotFound')).toBe(false)
    expect(errors.isStatusError(new Error('x'))).toBe(false)
  })
})

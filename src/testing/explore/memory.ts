/** Budgets of memory. They are reckoned, not measured: the core asks no machine what it has. */
import { parseQuantity, quantityToNumber } from '../../api/quantity.ts'
import { KybernError } from '../../lib/coded-error.ts'

/** How much memory an exploration may take. */
export interface MemoryBudget {
  /** For states that were seen and states that wait, about: bytes, or a quantity like `'4Gi'`. Default 2Gi. */
  readonly memory?: number | string | undefined
}

const usual = '2Gi'

/** The budget in bytes. Throws KYB-EXPLORE for what is no amount. */
export function bytesOf({ memory = usual }: MemoryBudget): number {
  if (typeof memory === 'number') return memory
  const wrong = new KybernError('KYB-EXPLORE', `"${memory}" is no amount of memory: bytes, or a quantity like '4Gi'`)
  try {
    return quantityToNumber(parseQuantity(memory))
  } catch {
    throw wrong
  }
}

/** The budget in words. */
export const memoryText = ({ memory = usual }: MemoryBudget): string =>
  `${typeof memory === 'number' ? `${memory} bytes` : memory} of memory`

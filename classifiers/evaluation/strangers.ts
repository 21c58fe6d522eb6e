// Photos from unknown cameras, and figures about them without and with the cap on what is unlike anything taught.

import { mean } from '../fitting/averages.ts'
import type { Taxonomy } from '../taxonomy.ts'

/** A photo from an unknown camera; `taxonId` null: a vehicle, an empty scene or a piece of background. */
export type Stranger = {
  taxonId: number | null
  group: string
  embedding: Float32Array
  /** Photos of one source are imported together. */
  source: string
  isTrap: boolean
  /** Whether the cap was developed on this source; the others were kept aside. */
  isDevelopment: boolean
}

/** Mean over photos or draws, with its standard error. */
export type Estimate = { mean: number; error: number; count: number }
export type Pair = { today: Estimate; capped: Estimate }

export const RULES = { today: { capped: false }, capped: { capped: true } } as const
export type Rule = keyof typeof RULES
export const RULE_NAMES = ['today', 'capped'] as const satisfies Rule[]

export const ASKED = 0.8
export const SEEDS = 3

export function estimateOf(values: readonly number[]): Estimate {
  const center = mean(values)
  const variance = mean(values.map((value) => (value - center) ** 2))
  return { mean: center, error: Math.sqrt(variance / Math.max(1, values.length - 1)), count: values.length }
}

export function pairOf(values: Record<Rule, readonly number[]>): Pair {
  return { today: estimateOf(values.today), capped: estimateOf(values.capped) }
}

export const forRules = <T>(of: (rule: Rule) => T): Record<Rule, T> => ({ today: of('today'), capped: of('capped') })

export const isOf = (taxonomy: Taxonomy, { taxonId }: Stranger, ancestor: number): boolean =>
  taxonId !== null && taxonomy.isWithin(taxonId, ancestor)

export const list = (): number[] => []

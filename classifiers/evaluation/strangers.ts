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

/** Wanted shares of right stops. */
export const ASKED = [0.8, 0.95]
export const SEEDS = 3

/** Values of each figure by each rule, one per photo or draw. */
export type Values<K extends string> = Record<Rule, Record<K, number[]>>

export const forRules = <T>(of: (rule: Rule) => T): Record<Rule, T> => ({ today: of('today'), capped: of('capped') })

export function valuesOf<K extends string>(...names: readonly K[]): Values<K> {
  // `as`: the entries are those of `names`.
  return forRules(() => Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, number[]>)
}

/** The figures over all draws. */
export function pairsOf<K extends string>(draws: readonly Values<K>[], names: readonly K[]): Record<K, Pair> {
  const over = (rule: Rule, name: K): Estimate => estimateOf(draws.flatMap((draw) => draw[rule][name]))
  // `as`: the entries are those of `names`.
  return Object.fromEntries(names.map((name) => [name, forRules((rule) => over(rule, name))])) as Record<K, Pair>
}

export function estimateOf(values: readonly number[]): Estimate {
  const center = mean(values)
  const variance = mean(values.map((value) => (value - center) ** 2))
  return { mean: center, error: Math.sqrt(variance / Math.max(1, values.length - 1)), count: values.length }
}

export const isOf = (taxonomy: Taxonomy, { taxonId }: Stranger, ancestor: number): boolean =>
  taxonId !== null && taxonomy.isWithin(taxonId, ancestor)

/** The parts of a list of strangers whose figures are kept apart. */
export function bySources(strangers: readonly Stranger[]): { sources: string; strangers: Stranger[] }[] {
  return [
    { sources: 'development', strangers: strangers.filter(({ isDevelopment }) => isDevelopment) },
    { sources: 'kept aside', strangers: strangers.filter(({ isDevelopment }) => !isDevelopment) },
  ].filter((part) => part.strangers.length > 0)
}

// What colours the map's points. In: the points and the choice. Out: a class for each point, and the classes with their names and counts.

import type { MapPoints } from '../../api/contract/insight.ts'
import { type Rank, ranks } from '../parts/taxon/ranks.ts'

export const colourings = ['taxon', 'confidence', 'probability', 'person'] as const
export type Colouring = (typeof colourings)[number]
export const colouringNames: Record<Colouring, string> = {
  taxon: 'Taxon',
  confidence: 'Detector’s confidence',
  probability: 'Probability',
  person: 'Person',
}

export type Hue = {
  name: string
  italic: boolean
  count: number
  /** 0..9 of the palette; `none` is grey. */
  colour: number | 'none'
}
export type Colours = { of: Int16Array; hues: Hue[] }

/** More than these cannot be told apart: the rest is one grey. */
const MOST = 10
const STEPS = 5

export function colour(points: MapPoints, by: Colouring, rank: Rank): Colours {
  if (by === 'confidence' || by === 'probability') return bySteps(points[by])
  if (by === 'person') {
    const names = points.people.map((name) => ({ key: name, name, italic: false }))
    return byName(
      points.person.map((at) => names[at] ?? null),
      'nobody, or a label of an import',
    )
  }
  const named = points.taxa.map((taxon) => {
    const step = [...taxon.path, taxon].find((one) => one.rank === rank)
    return step === undefined
      ? null
      : { key: step.id, name: step.name, italic: ranks.indexOf(rank) >= ranks.indexOf('genus') }
  })
  return byName(
    points.taxon.map((at) => named[at] ?? null),
    `no ${rank} known`,
  )
}

type Named = { key: string; name: string; italic: boolean }

function byName(entries: readonly (Named | null)[], none: string): Colours {
  const counts = new Map<string, { entry: Named; count: number }>()
  for (const entry of entries) {
    if (entry === null) continue
    const known = counts.get(entry.key)
    if (known) known.count++
    else counts.set(entry.key, { entry, count: 1 })
  }
  const sorted = [...counts.values()].sort((a, b) => b.count - a.count)
  const position = new Map(sorted.map(({ entry }, i) => [entry.key, i]))
  const hues: Hue[] = sorted.slice(0, MOST).map(({ entry, count }, i) => ({
    name: entry.name,
    italic: entry.italic,
    count,
    colour: i,
  }))
  const rest = sorted.slice(MOST).reduce((sum, { count }) => sum + count, 0)
  const unknown = entries.filter((entry) => entry === null).length
  if (rest > 0) hues.push({ name: `${sorted.length - MOST} others`, italic: false, count: rest, colour: 'none' })
  if (unknown > 0) hues.push({ name: none, italic: false, count: unknown, colour: 'none' })
  const of = Int16Array.from(entries, (entry) => {
    if (entry === null) return hues.length - 1
    return Math.min(position.get(entry.key) ?? 0, MOST)
  })
  return { of, hues }
}

/** Hundredths in five steps, -1 for none. */
function bySteps(values: readonly number[]): Colours {
  const of = Int16Array.from(values, (value) =>
    value < 0 ? STEPS : Math.min(STEPS - 1, Math.floor((value * STEPS) / 100)),
  )
  const count = (step: number) => of.filter((one) => one === step).length
  const hues = Array.from(
    { length: STEPS },
    (_, step): Hue => ({
      name: `${(step / STEPS).toFixed(1)} to ${((step + 1) / STEPS).toFixed(1)}`,
      italic: false,
      count: count(step),
      colour: step,
    }),
  )
  hues.push({ name: 'none', italic: false, count: count(STEPS), colour: 'none' })
  return { of, hues }
}

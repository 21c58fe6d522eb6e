// How the map's points are coloured: each point belongs to one group, and each group has a hue or is grey.

import type { MapPoints } from '../../../api/contract/insight.ts'
import { isItalic, type Rank } from '../../parts/taxon/ranks.ts'
import { HUES } from '../hue.ts'

export const colourings = ['taxon', 'confidence', 'probability', 'person'] as const
export type Colouring = (typeof colourings)[number]
export const colouringNames: Record<Colouring, string> = {
  taxon: 'Taxon',
  confidence: 'Confidence of the detector',
  probability: 'Probability',
  person: 'Person',
}

/** `hue` is an argument of hueAt; null is grey. */
export type Group = { name: string; italic: boolean; count: number; hue: number | null }
/** `groupOf[i]` is the index in `groups` of point i's group. */
export type Colours = { groupOf: Int16Array; groups: Group[] }

const STEPS = 5

export function colour(points: MapPoints, by: Colouring, rank: Rank): Colours {
  if (by === 'confidence' || by === 'probability') return bySteps(points[by])
  if (by === 'person') {
    const names = points.people.map((name) => ({ key: name, name, italic: false }))
    return byName(
      points.person.map((at) => names[at] ?? null),
      'nobody, or an imported label',
    )
  }
  const named = points.taxa.map((taxon) => {
    const step = [...taxon.path, taxon].find((one) => one.rank === rank)
    return step === undefined ? null : { key: step.id, name: step.name, italic: isItalic(rank) }
  })
  return byName(
    points.taxon.map((at) => named[at] ?? null),
    `${rank} not known`,
  )
}

type Named = { key: string; name: string; italic: boolean }

/** Each of the most frequent names gets a hue. All other names, and points without a name, are grey. */
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
  const groups: Group[] = sorted
    .slice(0, HUES)
    .map(({ entry, count }, hue) => ({ name: entry.name, italic: entry.italic, count, hue }))
  const others = sorted.slice(HUES).reduce((sum, { count }) => sum + count, 0)
  const nameless = entries.filter((entry) => entry === null).length
  if (others > 0) groups.push({ name: `${sorted.length - HUES} others`, italic: false, count: others, hue: null })
  if (nameless > 0) groups.push({ name: none, italic: false, count: nameless, hue: null })
  const groupOf = Int16Array.from(entries, (entry) =>
    entry === null ? groups.length - 1 : Math.min(position.get(entry.key) ?? 0, HUES),
  )
  return { groupOf, groups }
}

/** Groups values in hundredths into five steps; -1 means no value. */
function bySteps(values: readonly number[]): Colours {
  const groupOf = Int16Array.from(values, (value) =>
    value < 0 ? STEPS : Math.min(STEPS - 1, Math.floor((value * STEPS) / 100)),
  )
  const countOf = (step: number) => groupOf.filter((one) => one === step).length
  const groups = Array.from(
    { length: STEPS },
    (_, step): Group => ({
      name: `${(step / STEPS).toFixed(1)} to ${((step + 1) / STEPS).toFixed(1)}`,
      italic: false,
      count: countOf(step),
      hue: step,
    }),
  )
  groups.push({ name: 'no value', italic: false, count: countOf(STEPS), hue: null })
  return { groupOf, groups }
}

// An installation whose camera suddenly changes, and that watches how its stops turn out: are they right as often as
// asked before and after?

import { random, shuffled } from '../seeded-random.ts'
import { SPECIES_LEVEL } from '../statistics.ts'
import { stopOf } from '../suggest.ts'
import { Taxonomy } from '../taxonomy.ts'
import { UNWATCHED, type Watched, watch } from '../watching.ts'
import type { DayOne } from './day-one.ts'
import { ASKED, type Estimate, estimateOf, isOf, type Stranger } from './strangers.ts'
import { askOneByOne } from './stream.ts'

const WHEN = ['before', 'next50', 'later'] as const
const FIGURES = ['right', 'stops', 'atSpecies'] as const
type Numbers = Record<(typeof FIGURES)[number], number[]>
/** So many photos after the change are told apart from later ones. */
const NEXT = 50
/** What the library calls its photos where they come before the trap's. */
const LIBRARY = 'library'
const LIBRARY_PHOTOS = 250

/**
 * `from`: whose photos come first. Right ones among stops, the share of photos with a stop, and at a taught species.
 */
export type Change = {
  from: string
  asked: number
  when: (typeof WHEN)[number]
  watched: boolean
} & Record<(typeof FIGURES)[number], Estimate>
export type ChangeDraw = (Omit<Change, (typeof FIGURES)[number]> & Numbers)[]

/** First the photos of some cameras, then those of others. */
export function changeCamera(input: DayOne, seed: number): ChangeDraw {
  const next = random(seed + 1)
  const trap = input.strangers.filter((photo) => photo.isTrap || photo.taxonId === null)
  const sources = shuffled([...new Set(trap.map(({ source }) => source))], next)
  const first = new Set<string>()
  const sizeOf = (some: ReadonlySet<string>) => trap.filter(({ source }) => some.has(source)).length
  for (const source of sources) if (sizeOf(new Set([...first, source])) <= 0.6 * trap.length) first.add(source)
  const library = shuffled(input.photos, next)
    .slice(0, LIBRARY_PHOTOS)
    .map((photo): Stranger => ({ ...photo, source: LIBRARY, isTrap: false, isDevelopment: true }))
  const of = (isFirst: boolean) =>
    shuffled(
      trap.filter(({ source }) => first.has(source) === isFirst),
      next,
    )
  return [
    ...watchStream(input, 'other traps', of(true), of(false)),
    ...watchStream(input, LIBRARY, library, shuffled(trap, next)),
  ]
}

function watchStream(input: DayOne, from: string, first: Stranger[], then: Stranger[]): ChangeDraw {
  const taxonomy = new Taxonomy(input.taxa)
  const rows = ASKED.flatMap((asked) =>
    [false, true].flatMap((watched) =>
      WHEN.map((when) => ({ from, asked, when, watched, right: [], stops: [], atSpecies: [] as number[] })),
    ),
  ) as ChangeDraw // `right` and `stops` are empty lists of numbers
  const seen: Watched[] = []
  const places = new Map([...first, ...then].map((photo, i) => [photo, i]))
  for (const { method, photo } of askOneByOne(input, [...first, ...then])) {
    const { path, nearness } = method.suggest(photo, null, 1)
    const strange = nearness?.strange ?? 0
    const { thresholds } = method.statistics
    const place = places.get(photo)! - first.length
    const when = place < 0 ? 'before' : place < NEXT ? 'next50' : 'later'
    const { taxonId } = photo
    const isKnown = taxonId !== null && method.tree.exampleCount(taxonId) > 0
    for (const row of rows) {
      if (row.when !== when) continue
      const { shift } = row.watched ? watch(seen, row.asked, thresholds) : UNWATCHED
      const stop = stopOf(path, row.asked, thresholds, strange, shift)
      row.stops.push(stop ? 1 : 0)
      if (stop) row.right.push(isOf(taxonomy, photo, stop.taxonId) ? 1 : 0)
      if (isKnown && taxonomy.need(taxonId).rankLevel <= SPECIES_LEVEL)
        row.atSpecies.push(stop?.taxonId === taxonId ? 1 : 0)
    }
    // People name animals; an empty scene is only marked.
    if (taxonId === null) continue
    const judged = path.map((step) => ({
      probability: step.probability,
      right: isOf(taxonomy, photo, step.taxonId),
    }))
    seen.push({ path: judged, strange })
  }
  return rows
}

/** The figures over all draws. */
export function changeOf(draws: readonly ChangeDraw[]): Change[] {
  return (draws[0] ?? []).map((row, i) => {
    const over = (figure: (typeof FIGURES)[number]) => estimateOf(draws.flatMap((draw) => draw[i]![figure]))
    return { ...row, right: over('right'), stops: over('stops'), atSpecies: over('atSpecies') }
  })
}

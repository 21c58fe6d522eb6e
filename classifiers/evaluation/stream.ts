// An installation that starts without examples and learns from a stream of photos, as in use.

import { mean } from '../fitting/averages.ts'
import { estimate } from '../fitting/estimate.ts'
import { random, shuffled } from '../seeded-random.ts'
import { SPECIES_LEVEL } from '../statistics.ts'
import { Taxonomy } from '../taxonomy.ts'
import { calibrationError, type Judged } from './calibration-error.ts'
import type { DayOne } from './day-one.ts'
import { ClavisMethod, type Photo } from './methods.ts'
import {
  ASKED,
  forRules,
  isOf,
  type Pair,
  pairsOf,
  RULE_NAMES,
  RULES,
  type Rule,
  type Stranger,
  type Values,
} from './strangers.ts'

const FIGURES = ['wrong', 'stopError', 'atSpecies', 'loss', 'first'] as const
/**
 * Share of wrong ones among stops, their calibration error, and the share of photos of taught species with a stop at
 * it; then, whatever is asked, minus the log probability of the truth, and the share of photos of taught species whose
 * first suggestion is right.
 */
export type Stream = { asked: number } & Record<(typeof FIGURES)[number], Pair>
/** By asked accuracy. */
type StreamDraw = Values<(typeof FIGURES)[number]>[]

/** A version is published when examples grew by this share and by this many, as classifiers/live/publisher.ts does. */
const GROWTH = { share: 0.2, examples: 20 }

/**
 * Photos come one by one to an installation that starts without examples. Each is yielded with what answers it, and
 * each animal is then named. Publishes versions as in use.
 */
export function* askOneByOne(
  { taxa, reference, reuse }: DayOne,
  photos: readonly Stranger[],
): Generator<{ method: ClavisMethod; photo: Stranger }> {
  let method = new ClavisMethod(reference, taxa, [], photos, reuse)
  const taught: Photo[] = []
  let published = 0
  for (const photo of photos) {
    const { taxonId } = photo
    if (method.taught.length > 0) yield { method, photo }
    if (taxonId === null) continue
    method.teach(photo, taxonId)
    taught.push({ ...photo, taxonId, path: '', test: false })
    const grown = taught.length - published
    if (grown < GROWTH.examples || grown < GROWTH.share * published) continue
    published = taught.length
    const named = new Set(taught.map(({ embedding }) => embedding))
    const statistics = estimate({ taxonomy: taxa, examples: taught, reference })
    const unnamed = photos.filter(({ embedding }) => !named.has(embedding))
    method = new ClavisMethod(statistics, taxa, taught, unnamed, reuse)
  }
}

/** Photos of traps are answered one by one, and each animal is then named. */
export function answerStream(input: DayOne, seed: number): StreamDraw {
  const trap = input.strangers.filter((photo) => photo.isTrap || photo.taxonId === null)
  const taxonomy = new Taxonomy(input.taxa)
  const none = (): number[] => []
  const said = forRules(() => ({
    stops: ASKED.map((): Judged[] => []),
    atSpecies: ASKED.map(none),
    losses: none(),
    first: none(),
  }))
  for (const { method, photo } of askOneByOne(input, shuffled(trap, random(seed + 1)))) {
    const { taxonId } = photo
    const isKnownSpecies =
      taxonId !== null && taxonomy.need(taxonId).rankLevel <= SPECIES_LEVEL && method.tree.exampleCount(taxonId) > 0
    for (const rule of RULE_NAMES) {
      const { stops, losses, first, atSpecies } = said[rule]
      method.stops(photo, ASKED, RULES[rule]).forEach((stop, k) => {
        if (isKnownSpecies) atSpecies[k]!.push(stop?.taxonId === taxonId ? 1 : 0)
        if (!stop) return
        const right = isOf(taxonomy, photo, stop.taxonId)
        stops[k]!.push({ probability: stop.probability, right, group: photo.group })
      })
      losses.push(-Math.log(probabilityOfTruth(method, photo, rule) + 1e-12))
      if (!isKnownSpecies) continue
      // With a limit of 1, the only suggestion would be the nearest exemplar's taxon.
      first.push(method.suggest(photo, null, 2, RULES[rule]).suggestions[0]?.taxonId === taxonId ? 1 : 0)
    }
  }
  return ASKED.map((_, k) =>
    forRules((rule) => {
      const { stops, losses, first, atSpecies } = said[rule]
      return {
        wrong: [mean(stops[k]!.map(({ right }) => (right ? 0 : 1)))],
        stopError: [calibrationError(stops[k]!)],
        atSpecies: [mean(atSpecies[k]!)],
        loss: [mean(losses)],
        first: [mean(first)],
      }
    }),
  )
}

/** The figures over all draws. */
export function streamOf(draws: readonly StreamDraw[]): Stream[] {
  return ASKED.map((asked, k) => ({
    asked,
    ...pairsOf(
      draws.map((draw) => draw[k]!),
      FIGURES,
    ),
  }))
}

/**
 * Of the photo's taxon where that is taught, or of something new in the deepest taxon above it that is; of a nothing,
 * outside all.
 */
function probabilityOfTruth(method: ClavisMethod, photo: Stranger, rule: Rule): number {
  const { total } = method.answer(photo, RULES[rule])
  const taxonomy = method.tree.taxonomy
  const path = photo.taxonId === null ? [] : taxonomy.path(photo.taxonId).map(({ id }) => id)
  const known = path.filter((id) => total.has(id))
  if (photo.taxonId !== null && known.length === path.length) return total.get(photo.taxonId)!
  const under = known.at(-1) ?? null
  const children = taxonomy.children(under).reduce((sum, id) => sum + (total.get(id) ?? 0), 0)
  return Math.max(0, (under === null ? 1 : total.get(under)!) - children)
}

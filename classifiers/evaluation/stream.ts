// An installation that starts without examples and learns from a stream of photos, as in use.

import { mean } from '../fitting/averages.ts'
import { estimate } from '../fitting/estimate.ts'
import { random, shuffled } from '../seeded-random.ts'
import { SPECIES_LEVEL, type Statistics } from '../statistics.ts'
import { Taxonomy } from '../taxonomy.ts'
import { calibrationError, type Judged } from './calibration-error.ts'
import { ClavisMethod, type Library, type Photo } from './methods.ts'
import {
  ASKED,
  forRules,
  isOf,
  list,
  type Pair,
  pairOf,
  RULE_NAMES,
  RULES,
  type Rule,
  SEEDS,
  type Stranger,
} from './strangers.ts'

export type Stream = { wrong: Pair; loss: Pair; stopError: Pair; first: Pair; atSpecies: Pair }
/** A version is published when examples grew by this share and by this many, as classifiers/live/publisher.ts does. */
const GROWTH = { share: 0.2, examples: 20 }

/**
 * Starts without examples: photos of traps are answered one by one, and each animal is then named. Publishes versions
 * as in use.
 */
export function streamOf({ taxa }: Library, reference: Statistics, strangers: readonly Stranger[]): Stream {
  const trap = strangers.filter((photo) => photo.isTrap || photo.taxonId === null)
  const streams = Array.from({ length: SEEDS }, (_, seed) =>
    oneStream(taxa, reference, shuffled(trap, random(seed + 1))),
  )
  const over = (figure: keyof Stream): Pair => pairOf(forRules((rule) => streams.map((stream) => stream[rule][figure])))
  return {
    wrong: over('wrong'),
    loss: over('loss'),
    stopError: over('stopError'),
    first: over('first'),
    atSpecies: over('atSpecies'),
  }
}

function oneStream(
  taxa: Library['taxa'],
  reference: Statistics,
  photos: readonly Stranger[],
): Record<Rule, Record<keyof Stream, number>> {
  let method = new ClavisMethod(reference, taxa, [], photos)
  const taxonomy = new Taxonomy(taxa)
  const taught: Photo[] = []
  let published = 0
  const said = forRules(() => ({ stops: [] as Judged[], losses: list(), first: list(), atSpecies: list() }))
  for (const photo of photos) {
    const { taxonId } = photo
    const isKnownSpecies =
      taxonId !== null && taxonomy.need(taxonId).rankLevel <= SPECIES_LEVEL && method.tree.exampleCount(taxonId) > 0
    for (const rule of RULE_NAMES) {
      if (method.taught.length === 0) continue
      const { stops, losses, first, atSpecies } = said[rule]
      // With a limit of 1, the only suggestion would be the nearest exemplar's taxon.
      const { stop, suggestions } = method.suggest(photo, ASKED, 2, RULES[rule])
      if (stop) {
        stops.push({ probability: stop.probability, right: isOf(taxonomy, photo, stop.taxonId), group: photo.group })
      }
      losses.push(-Math.log(probabilityOfTruth(method, photo, rule) + 1e-12))
      if (!isKnownSpecies) continue
      first.push(suggestions[0]?.taxonId === taxonId ? 1 : 0)
      atSpecies.push(stop?.taxonId === taxonId ? 1 : 0)
    }
    if (taxonId === null) continue
    method.teach(photo, taxonId)
    taught.push({ ...photo, taxonId, path: '', test: false })
    const grown = taught.length - published
    if (grown < GROWTH.examples || grown < GROWTH.share * published) continue
    published = taught.length
    const named = new Set(taught.map(({ embedding }) => embedding))
    const statistics = estimate({ taxonomy: taxa, examples: taught, reference })
    method = new ClavisMethod(
      statistics,
      taxa,
      taught,
      photos.filter(({ embedding }) => !named.has(embedding)),
    )
  }
  return forRules((rule) => {
    const { stops, losses, first, atSpecies } = said[rule]
    return {
      wrong: mean(stops.map(({ right }) => (right ? 0 : 1))),
      loss: mean(losses),
      stopError: calibrationError(stops),
      first: mean(first),
      atSpecies: mean(atSpecies),
    }
  })
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

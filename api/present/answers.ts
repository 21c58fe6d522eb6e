// What the live tree answers, as the API shows it.

import type { Answer, TaxonProbability } from '../../classifiers/live/answering.ts'
import type { Track as LiveTrack } from '../../classifiers/live/answers/bursts.ts'
import type { Near } from '../../db/trees/nearest.ts'
import type { LearnedStep } from '../contract/action.ts'
import type { AnsweredDetection, Similar, SimilarExemplar, Track } from '../contract/suggestion.ts'
import { cropUrl } from './addresses.ts'
import { type TaxonDeps, taxonLookup } from './taxa.ts'

type Taxa = Awaited<ReturnType<typeof taxonLookup>>

/** Sums of fractions can exceed 1 by a rounding error. */
const fraction = (value: number) => Math.min(1, Math.max(0, value))

export async function presentTracks(deps: TaxonDeps, tracks: LiveTrack[]): Promise<Track[]> {
  const taxa = await taxonLookup(
    deps,
    tracks.flatMap(({ path, novelty }) => [...path.map(({ taxonId }) => taxonId), novelty?.under ?? null]),
  )
  return tracks.map(({ detectionIds, odd, path, stop, novelty, strange }) => ({
    detectionIds: detectionIds.map(String),
    odd: odd.map(String),
    path: path.map((step) => toStep(taxa, step)),
    stop: stop && { taxon: taxa.get(stop.taxonId), probability: fraction(stop.probability), rule: stop.rule },
    novelty: novelty && { under: taxa.find(novelty.under), probability: fraction(novelty.probability) },
    strange: fraction(strange),
  }))
}

const toStep = (taxa: Taxa, { taxonId, probability, novelty }: Answer['path'][number]) => ({
  taxon: taxa.get(taxonId),
  probability: fraction(probability),
  novelty: fraction(novelty),
})

export async function presentAnswer(
  deps: TaxonDeps,
  { path, stop, novelty, nearness, list, place, suggestions }: Answer,
): Promise<Pick<AnsweredDetection, 'path' | 'stop' | 'novelty' | 'nearness' | 'list' | 'place' | 'suggestions'>> {
  const named = [...path, ...suggestions].map(({ taxonId }) => taxonId)
  const others = [novelty?.under, list?.without.taxonId, place?.without.taxonId]
  const taxa = await taxonLookup(deps, [...named, ...others.map((id) => id ?? null)])
  return {
    path: path.map((step) => toStep(taxa, step)),
    stop: stop && {
      taxon: taxa.get(stop.taxonId),
      probability: fraction(stop.probability),
      rule: stop.rule,
      measured: stop.measured,
    },
    novelty: novelty && { under: taxa.find(novelty.under), probability: fraction(novelty.probability) },
    nearness,
    list: list && {
      id: String(list.id),
      name: list.name,
      without: {
        taxon: taxa.get(list.without.taxonId),
        probability: fraction(list.without.probability),
        listed: list.without.listed,
      },
    },
    place: place && {
      station: place.station,
      events: place.events,
      without: {
        taxon: taxa.get(place.without.taxonId),
        probability: fraction(place.without.probability),
        events: place.without.events,
      },
    },
    suggestions: suggestions.map(({ taxonId, probability, evidence, similar }) => ({
      taxon: taxa.get(taxonId),
      probability: fraction(probability),
      evidence: {
        ...evidence,
        tree: fraction(evidence.tree),
        neighbours: evidence.neighbours && fraction(evidence.neighbours),
      },
      similar: similar.map(toSimilar),
    })),
  }
}

export async function presentSimilar(deps: TaxonDeps, near: Near[]): Promise<SimilarExemplar[]> {
  const taxa = await taxonLookup(
    deps,
    near.map(({ taxonId }) => taxonId),
  )
  return near.map((one) => ({ ...toSimilar(one), taxon: taxa.get(one.taxonId) }))
}

export async function presentSteps(deps: TaxonDeps, steps: TaxonProbability[]): Promise<LearnedStep[]> {
  const taxa = await taxonLookup(
    deps,
    steps.map(({ taxonId }) => taxonId),
  )
  return steps.map(({ taxonId, probability }) => {
    const taxon = taxa.get(taxonId)
    return { taxon, rank: taxon.rank, probability: fraction(probability) }
  })
}

function toSimilar({ detectionId, mediaId, similarity }: Near): Similar {
  return { detectionId: String(detectionId), mediaId: String(mediaId), cropUrl: cropUrl(detectionId), similarity }
}

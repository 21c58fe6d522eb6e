// The photos behind a version's figures: who was taken for whom, how far off mistakes are, and which photos two
// versions answer differently.

import {
  answersAt,
  type KeptAnswer,
  type Pair,
  pairedFigures,
  pairsOf,
} from '../../../classifiers/evaluation/versions/kept-answers.ts'
import { readAnswers } from '../../../classifiers/live/versions/write-card.ts'
import { getDetections } from '../../../db/photos/detections.ts'
import { RANKS } from '../../../db/schema.ts'
import { getVersionCard } from '../../../db/trees/version-cards.ts'
import type { Confusions, JudgedPhotos } from '../../contract/models/version.ts'
import type { Taxon } from '../../contract/taxon.ts'
import { Problem } from '../../http/problem.ts'
import { presentDetections } from '../../present/detections.ts'
import { taxonLookup } from '../../present/taxa.ts'
import type { Service } from '../../service.ts'

type Rank = Taxon['rank']
const MOST_CELLS = 2000

export async function confusionsOf(service: Service, version: number, rank: Rank | undefined): Promise<Confusions> {
  const answers = answersAt(readAnswers(await getVersionCard(service.db, version)), rank ?? null)
  const cells = new Map<string, { truthId: number; saidId: number; photos: number }>()
  for (const { truthId, saidId } of answers) {
    const key = `${truthId} ${saidId}`
    const cell = cells.get(key)
    if (cell) cell.photos++
    else cells.set(key, { truthId, saidId, photos: 1 })
  }
  const ordered = [...cells.values()].sort(
    (a, b) => b.photos - a.photos || a.truthId - b.truthId || a.saidId - b.saidId,
  )
  const shown = ordered.slice(0, MOST_CELLS)
  const taxa = await taxonLookup(
    service,
    shown.flatMap(({ truthId, saidId }) => [truthId, saidId]),
  )
  const wrong = answers.filter(({ right }) => !right)
  return {
    photos: answers.length,
    right: answers.length - wrong.length,
    cells: shown.map(({ truthId, saidId, photos }) => ({
      truth: taxa.find(truthId),
      said: taxa.find(saidId),
      photos,
    })),
    more: ordered.length - shown.length,
    mistakes: [...RANKS.toReversed(), null].flatMap((shared) => {
      const photos = wrong.filter((one) => one.shared === shared).length
      return photos === 0 ? [] : [{ rank: shared, photos }]
    }),
  }
}

export type JudgedQuery = {
  rank?: Rank
  truth?: string
  said?: string
  outcome?: 'right' | 'wrong'
  shared?: Rank | 'none'
  against?: number
  change?: Pair['change']
  limit: number
}

export async function judgedPhotos(service: Service, version: number, query: JudgedQuery): Promise<JudgedPhotos> {
  const { db } = service
  if (query.change !== undefined && query.against === undefined)
    throw new Problem(400, 'Expected `against` with `change`: the version to compare with.')
  const rank = query.rank ?? null
  const now = answersAt(readAnswers(await getVersionCard(db, version)), rank)
  const earlier =
    query.against === undefined ? null : answersAt(readAnswers(await getVersionCard(db, query.against)), rank)
  const pairs = earlier && pairsOf(earlier, now)
  const all: { now: KeptAnswer; before?: KeptAnswer; change?: Pair['change'] }[] =
    pairs ?? now.map((one) => ({ now: one }))
  const found = all.filter((one) => matches(query, one))
  const rows = await getDetections(
    db,
    found.slice(0, query.limit).map((one) => one.now.detectionId),
  )
  const shown = new Map((await presentDetections(service, rows)).map((row) => [Number(row.id), row]))
  const taxa = await taxonLookup(
    service,
    found.slice(0, query.limit).flatMap((one) => [one.now.truthId, one.now.saidId, one.before?.saidId ?? null]),
  )
  const saidOf = ({ saidId, probability, right }: KeptAnswer) => ({ said: taxa.find(saidId), probability, right })
  return {
    total: found.length,
    items: found.slice(0, query.limit).flatMap(({ now: one, before }) => {
      const detection = shown.get(one.detectionId)
      const truth = taxa.find(one.truthId)
      return detection ? [{ detection, truth, ...saidOf(one), before: before ? saidOf(before) : null }] : []
    }),
    paired: pairs && pairedFigures(pairs),
  }
}

function matches(query: JudgedQuery, { now, change }: { now: KeptAnswer; change?: Pair['change'] }): boolean {
  const { truth, said, outcome, shared } = query
  if (truth !== undefined && now.truthId !== Number(truth)) return false
  if (said !== undefined && now.saidId !== Number(said)) return false
  if (outcome !== undefined && now.right !== (outcome === 'right')) return false
  if (shared !== undefined && (now.right || (now.shared ?? 'none') !== shared)) return false
  return query.change === undefined || change === query.change
}

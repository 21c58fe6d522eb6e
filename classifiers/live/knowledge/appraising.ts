// Keeps what is known about all animals at once: what speaks against each label, and which animals are unlike, typical,
// hard or almost the same. It is worked out in the background for each published version, and again when many animals
// have come since.

import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  type AppraisableAnimal,
  appraisableAnimals,
  countUnappraised,
  dropOlderAppraisals,
  type NewAppraisal,
  putAppraisals,
} from '../../../db/insight/appraisals.ts'
import type { Statistics } from '../../statistics.ts'
import { encodeStatistics } from '../../statistics-bytes.ts'
import { type Background, openBackground } from '../background.ts'
import type { LiveTree } from '../live-tree.ts'
import type { AppraisedAnimal, ToAppraise } from './knowledge-thread.ts'
import { type KnowledgeSources, openVectorThread } from './vector-thread.ts'

/** Fewer animals are soon looked through. */
const FEWEST_ANIMALS = 20
/** Fewer animals without an appraisal wait for the next version. */
const WORTHWHILE_SHARE = 0.05
/** More animals would take the thread many minutes: those with a label come first, then the newest. */
const MOST_ANIMALS = 100_000
/**
 * With fewer labels than so many times the numbers of an embedding, labels are judged in metrics that have not seen
 * them, for which the thread holds whole embeddings. More labels hardly bend the metric of their version.
 */
const FEW_LABELS = 2
const QUIET_MS = 3000
const PAGE_ROWS = 1000
/** After each page it rests this many times as long as writing it took. */
const REST = 1

type Sources = KnowledgeSources & { reference: Statistics }

export type Appraising = Background & {
  /** 0..1; null while nothing is being worked out. */
  progress(): number | null
}

export function openAppraising({ db, modelSha256, liveTree, onError, reference }: Sources): Appraising {
  const thread = openVectorThread(db, modelSha256)
  let progress: number | null = null

  async function appraiseAll(signal: AbortSignal, rest: (ms: number) => Promise<void>): Promise<void> {
    const live = liveTree()
    const counted = await countUnappraised(db, modelSha256, live.version)
    if (counted.animals < FEWEST_ANIMALS || counted.missing === 0) return
    if (counted.missing < WORTHWHILE_SHARE * counted.animals) return
    progress = 0
    const rows: AppraisableAnimal[] = []
    for await (const page of appraisableAnimals(db, modelSha256)) {
      if (signal.aborted) return
      rows.push(...page)
      await nextTurn()
    }
    const chosen = firstOf(rows)
    const taxonIds = chosen.map(({ taxonId }) => (taxonId !== null && isActive(live, taxonId) ? taxonId : null))
    const labels = taxonIds.filter((id) => id !== null).length
    const isFew = labels <= FEW_LABELS * reference.dimensions
    const animals = chosen.map((one, i) => ({ ...one, whole: isFew && taxonIds[i] !== null }))
    const request: ToAppraise = {
      ids: chosen.map(({ detectionId }) => detectionId),
      groups: chosen.map(({ groupKey }) => groupKey),
      taxonIds,
      reference: encodeStatistics(reference),
      taxa: [...live.taxa.values()].map(({ id, parentId, rankLevel }) => ({ id, parentId, rankLevel })),
    }
    const found = await thread.ask('appraise', { live, animals, request, signal }, (share) => {
      progress = 0.9 * share
    })
    // Vectors of the next version are others.
    await thread.close()
    if (found === null) return
    const labelOf = new Map(request.ids.map((id, i) => [id, request.taxonIds[i] ?? null]))
    for (let start = 0; start < found.length && !signal.aborted; start += PAGE_ROWS) {
      const startedAt = performance.now()
      const page = found.slice(start, start + PAGE_ROWS).map((one) => rowOf(one, labelOf.get(one.id) ?? null))
      await putAppraisals(db, live.version, page)
      progress = 0.9 + (0.1 * start) / found.length
      await rest(REST * (performance.now() - startedAt))
    }
    if (!signal.aborted) await dropOlderAppraisals(db, live.version)
  }

  const background = openBackground({
    db,
    doing: 'looking for wrong labels and duplicates',
    quietMs: QUIET_MS,
    async pass(signal, rest) {
      try {
        await appraiseAll(signal, rest)
      } finally {
        progress = null
      }
    },
    onError,
    onClosed: thread.close,
  })
  return { ...background, progress: () => progress }
}

const isActive = (live: LiveTree, taxonId: number): boolean =>
  live.taxa.get(taxonId) !== undefined && live.taxa.path(taxonId).every(({ active }) => active)

function firstOf(rows: AppraisableAnimal[]): AppraisableAnimal[] {
  if (rows.length <= MOST_ANIMALS) return rows
  const wanted = [...rows].sort(
    (a, b) => Number(a.taxonId === null) - Number(b.taxonId === null) || b.detectionId - a.detectionId,
  )
  return wanted.slice(0, MOST_ANIMALS).sort((a, b) => a.detectionId - b.detectionId)
}

function rowOf({ id, label, ...one }: AppraisedAnimal, labelId: number | null): NewAppraisal {
  const doubt = label && Number.isFinite(label.doubt) ? label.doubt : null
  return {
    ...one,
    detectionId: id,
    labelId,
    rivalId: label?.rivalId ?? null,
    doubt,
    wrongLevel: label?.wrongLevel ?? null,
    nodeDoubt: label?.nodeDoubt ?? null,
  }
}

// What the tree says of every stored animal, in short, kept near the present tree for queues and counts. In: a nudge whenever
// the tree or the photos changed. Out: rows of the suggestion table. Runs in the background, newest animals first, one pass
// after another until every row is of the present tree, and leaves most of the time to people's own questions.

import { setTimeout as wait } from 'node:timers/promises'
import type { Db } from '../../db/connection/connect.ts'
import { openImports } from '../../db/photos/imports.ts'
import { type Teaching, teachingOf } from '../../db/trees/lessons.ts'
import { burstExamples, type NewSuggestion, staleDetections, upsertSuggestions } from '../../db/trees/suggestions.ts'
import { DEFAULT_ACCURACY } from '../thresholds.ts'
import type { LiveAnswers } from './answering.ts'
import { hilbertIndex } from './hilbert-order.ts'
import { evidenceDispute, labelDoubt } from './label-doubt.ts'

const PAGE = 25
/** A label that is not among so many suggestions has hardly any probability. */
const RIVALS = 50
/** After each page the loop rests this many times as long as the page took. */
const REST = 3
/** Several lessons a second shall not start a pass each. */
const QUIET_MS = 1000

export type Summaries = { touch(): void; close(): Promise<void> }

export function openSummaries(options: {
  db: Db
  modelSha256: string
  answers: Judge
  onError: (error: unknown, doing: string) => void
}): Summaries {
  const { db, modelSha256, answers, onError } = options
  const ending = new AbortController()
  let dirty = false
  let running: Promise<void> | null = null

  async function run(): Promise<void> {
    while (dirty && !ending.signal.aborted) {
      await rest(QUIET_MS)
      // Every labelled photo of an import makes all summaries stale: one pass at its end does.
      if ((await openImports(db)).length > 0) continue
      dirty = false
      for (let below: number | null = null; !ending.signal.aborted; ) {
        const startedAt = performance.now()
        const ids: number[] = await staleDetections(db, {
          modelSha256,
          treeVersion: answers.treeVersion(),
          limit: PAGE,
          below,
        })
        if (ids.length === 0) break
        await summarise(ids)
        below = ids.at(-1)!
        await rest(REST * (performance.now() - startedAt))
      }
    }
  }

  async function summarise(ids: number[]): Promise<void> {
    const teaching = await teachingOf(db, ids, { version: answers.version(), modelSha256 })
    const bursts = await burstExamples(
      db,
      teaching.flatMap(({ taxonId, groupKey }) => (taxonId === null ? [] : [groupKey])),
    )
    const rows: NewSuggestion[] = []
    for (const one of teaching) {
      if (one.embedding === null || ending.signal.aborted) continue
      rows.push(await summaryOf(answers, { ...one, embedding: one.embedding }, bursts))
    }
    await upsertSuggestions(db, rows)
  }

  const rest = (ms: number) => wait(ms, undefined, { ref: false, signal: ending.signal }).catch(() => {})

  return {
    touch() {
      dirty = true
      running ??= run()
        .catch((error) => {
          if (!ending.signal.aborted) onError(error, 'summarising suggestions')
        })
        .finally(() => {
          running = null
        })
    },
    async close() {
      ending.abort()
      await running
    },
  }
}

type Judge = Pick<LiveAnswers, 'treeVersion' | 'version' | 'answer' | 'exampleCount' | 'project' | 'taxonomy'>

/** `bursts`: what the examples of each burst teach, by group key. */
export async function summaryOf(
  answers: Judge,
  { detectionId, taxonId, groupKey, embedding }: Teaching & { embedding: Float32Array },
  bursts: Map<string, number[]>,
): Promise<NewSuggestion> {
  const treeVersion = answers.treeVersion()
  const said = await answers.answer(embedding, { accuracy: DEFAULT_ACCURACY, limit: RIVALS, similar: 0, detectionId })
  const best = said.suggestions[0]
  const label = taxonId !== null && answers.taxonomy.taxon(taxonId) ? taxonId : null
  const examplesOutside = (taxon: number) => {
    const own = (bursts.get(groupKey) ?? []).filter((id) => answers.taxonomy.isWithin(id, taxon))
    return answers.exampleCount(taxon) - own.length
  }
  return {
    detectionId,
    taxonId: best?.taxonId ?? null,
    probability: best?.probability ?? 0,
    stopTaxonId: said.stop?.taxonId ?? null,
    novelty: said.novelty?.probability ?? 0,
    ...(label === null ? evidenceDispute(said) : labelDoubt(said, label, answers.taxonomy, examplesOutside(label))),
    likeness: hilbertIndex(answers.project(embedding)),
    treeVersion,
  }
}

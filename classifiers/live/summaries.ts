// Keeps a summary of the tree's answer for every stored animal, which queues and counts read. Runs in the background
// after every change, newest animals first, pass after pass, until every row is by the present tree. It leaves most of
// the time to requests.

import type { Db } from '../../db/connection/connect.ts'
import { type Teaching, teachingOf } from '../../db/trees/lessons.ts'
import { burstExamples, type NewSuggestion, staleDetections, upsertSuggestions } from '../../db/trees/suggestions.ts'
import { DEFAULT_ACCURACY } from '../thresholds.ts'
import type { Answer, LiveAnswers } from './answering.ts'
import { type Background, openBackground } from './background.ts'
import { familyProbability } from './family.ts'
import { hilbertIndex } from './hilbert-order.ts'
import { evidenceDispute, labelDoubt } from './label-doubt.ts'

const PAGE = 25
/** A label that is not among so many suggestions has almost no probability. */
const RIVALS = 50
/** After each page it rests this many times as long as the page took. */
const REST = 3
/** Several lessons a second share one pass. */
const QUIET_MS = 1000

export function openSummaries(options: {
  db: Db
  modelSha256: string
  answers: Judge
  /** Every summary is by the present tree. */
  onDone: () => void
  onError: (error: unknown, doing: string) => void
}): Background {
  const { db, modelSha256, answers, onDone, onError } = options
  return openBackground({ db, doing: 'summarising suggestions', quietMs: QUIET_MS, pass, onError })

  async function pass(signal: AbortSignal, rest: (ms: number) => Promise<void>): Promise<void> {
    for (let below: number | null = null; !signal.aborted; ) {
      const startedAt = performance.now()
      const ids: number[] = await staleDetections(db, {
        modelSha256,
        treeVersion: answers.treeVersion(),
        limit: PAGE,
        below,
      })
      if (ids.length === 0) return onDone()
      await summarise(ids, signal)
      below = ids.at(-1)!
      await rest(REST * (performance.now() - startedAt))
    }
  }

  async function summarise(ids: number[], signal: AbortSignal): Promise<void> {
    const teaching = await teachingOf(db, ids, { version: answers.version(), modelSha256 })
    const bursts = await burstExamples(
      db,
      teaching.flatMap(({ taxonId, groupKey }) => (taxonId === null ? [] : [groupKey])),
    )
    const rows: NewSuggestion[] = []
    for (const one of teaching) {
      if (one.embedding === null || signal.aborted) continue
      rows.push(await summaryOf(answers, { ...one, embedding: one.embedding }, bursts))
    }
    await upsertSuggestions(db, rows)
  }
}

/** Fewer events do not show what is usual at a station. */
const FEWEST_EVENTS = 10
/** A taxon that is less probable is no record. */
const LEAST_FIRST = 0.5

function firstHereOf({ place }: Answer): number | null {
  if (!place || place.events < FEWEST_EVENTS || place.without.events > 0) return null
  return place.without.probability >= LEAST_FIRST ? place.without.probability : null
}

type Judge = Pick<LiveAnswers, 'treeVersion' | 'version' | 'answer' | 'exampleCount' | 'project' | 'taxonomy'>

/** `bursts`: the taxa that the examples of each burst teach, by group key. */
export async function summaryOf(
  answers: Judge,
  { detectionId, taxonId, groupKey, embedding }: Teaching & { embedding: Float32Array },
  bursts: Map<string, number[]>,
): Promise<NewSuggestion> {
  const treeVersion = answers.treeVersion()
  const answer = await answers.answer(embedding, { accuracy: DEFAULT_ACCURACY, limit: RIVALS, similar: 0, detectionId })
  const best = answer.suggestions[0]
  const label = taxonId !== null && answers.taxonomy.taxon(taxonId) ? taxonId : null
  const examplesOutside = (taxon: number) => {
    const own = (bursts.get(groupKey) ?? []).filter((id) => answers.taxonomy.isWithin(id, taxon))
    return answers.exampleCount(taxon) - own.length
  }
  return {
    detectionId,
    taxonId: best?.taxonId ?? null,
    probability: best?.probability ?? 0,
    familyProbability: familyProbability(answer, answers.taxonomy),
    stopTaxonId: answer.stop?.taxonId ?? null,
    novelty: answer.novelty?.probability ?? 0,
    ...(label === null ? evidenceDispute(answer) : labelDoubt(answer, label, answers.taxonomy, examplesOutside(label))),
    firstHere: firstHereOf(answer),
    likeness: hilbertIndex(answers.project(embedding)),
    treeVersion,
  }
}

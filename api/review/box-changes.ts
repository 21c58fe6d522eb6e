// Boxes drawn, moved, marked and removed by people. Each change is one action in the history, and its answer holds the
// detection as it is now, with suggestions where the crop is a new one.

import { summaryOf } from '../../classifiers/live/summaries.ts'
import { DEFAULT_ACCURACY } from '../../classifiers/thresholds.ts'
import { markDetections, showDetections } from '../../db/history/changes.ts'
import { addDetection, boxOf, setBox, toText } from '../../db/photos/boxes.ts'
import { type Detection, getDetection } from '../../db/photos/detections.ts'
import { getMedia } from '../../db/photos/media.ts'
import type { Bbox } from '../../db/schema.ts'
import { teachingOf } from '../../db/trees/lessons.ts'
import { burstExamples, upsertSuggestions } from '../../db/trees/suggestions.ts'
import { embedBox } from '../../indexer/embed-box.ts'
import { change, type Look } from '../change.ts'
import type { Action, ActionAnswer, Learned } from '../contract/action.ts'
import type { DetectionAnswer } from '../contract/box.ts'
import type { AnsweredDetection } from '../contract/suggestion.ts'
import type { RepeatableRequest } from '../http/idempotency.ts'
import { createGate } from '../http/load/gate.ts'
import { presentAnswer } from '../present/answers.ts'
import { presentDetections } from '../present/detections.ts'
import type { Service } from '../service.ts'

/** Each holds a photo in memory. */
const EMBEDDING = { running: 2, waiting: 30, retryAfterSeconds: 1 }
/** Suggestions for a new box, as many as the page shows. */
const SUGGESTED = { accuracy: DEFAULT_ACCURACY, limit: 5, similar: 3 }

const MARKED = {
  notAnimal: 'Marked a box as no animal',
  unknown: 'Marked an animal as unknown',
  person: 'Marked a box as a person',
  vehicle: 'Marked a box as a vehicle',
  none: 'Took the mark from a box',
}

export function createBoxChanges(service: Service) {
  const gate = createGate(EMBEDDING)
  const embed = async (mediaId: number, bbox: Bbox) => {
    const { sha256 } = await getMedia(service.db, mediaId)
    return await gate.run(async () => embedBox(await service.photos.get(sha256), bbox, service.models))
  }

  return {
    async draw(request: RepeatableRequest<DetectionAnswer>, mediaId: number, bbox: Bbox): Promise<DetectionAnswer> {
      return await change(service, request, null, {
        prepare: () => embed(mediaId, bbox),
        async write(tx, record, { embedding }) {
          const modelSha256 = service.models.embedder.sha256
          const { id, hidden } = await addDetection(tx, { mediaId, bbox, modelSha256, embedding })
          const action = await record({
            kind: 'box',
            summary: 'Drew a box',
            change: { type: 'boxes', shown: [id], hidden },
            subjects: { kind: 'detection', ids: [id, ...hidden] },
          })
          return { id, action }
        },
        async present({ id }, outcome, { embedding, crop }) {
          await service.photos.putCrop(id, crop).catch(() => {})
          return await presentBox(service, id, outcome, embedding)
        },
      })
    },

    /** The animal in the new box is embedded again, and teaches with that embedding. */
    async move(of: Detection, bbox: Bbox, person: string): Promise<DetectionAnswer> {
      if (of.bbox.every((value, i) => value === bbox[i])) return await presentUnchanged(service, of)
      return await change(service, { person }, taughtBy(of), {
        prepare: async () => (of.kind === 'animal' ? await embed(of.mediaId, bbox) : null),
        async write(tx, record, seen) {
          const modelSha256 = service.models.embedder.sha256
          const before = await boxOf(tx, of.id)
          const embeddings = seen ? [{ modelSha256, vector: toText(seen.embedding) }] : []
          const after = { bbox, source: 'person' as const, confidence: null, embeddings }
          await setBox(tx, of.id, { from: before, to: after })
          const moved = { type: 'moved' as const, detectionId: of.id, before, after }
          return { action: await record({ kind: 'box', summary: 'Changed a box', change: moved, subjects: only(of) }) }
        },
        async present(_done, outcome, seen) {
          if (seen) await service.photos.putCrop(of.id, seen.crop).catch(() => {})
          else await service.photos.deleteCrop(of.id)
          return await presentBox(service, of.id, outcome, seen?.embedding ?? null)
        },
      })
    },

    async mark(of: Detection, wanted: Detection['mark'], person: string): Promise<DetectionAnswer> {
      if (of.mark === wanted) return await presentUnchanged(service, of)
      return await change(service, { person }, taughtBy(of), {
        async write(tx, record) {
          await markDetections(tx, [of.id], { from: of.mark, to: wanted })
          const marked = { type: 'markedDetections' as const, before: of.mark, after: wanted }
          const summary = MARKED[wanted ?? 'none']
          return { action: await record({ kind: 'mark', summary, change: marked, subjects: only(of) }) }
        },
        present: (_done, outcome) => presentBox(service, of.id, outcome, null),
      })
    },

    async remove(of: Detection, person: string): Promise<ActionAnswer> {
      return await change(service, { person }, taughtBy(of), {
        async write(tx, record) {
          await showDetections(tx, [of.id], false)
          const removed = { type: 'boxes' as const, shown: [], hidden: [of.id] }
          return {
            action: await record({ kind: 'box', summary: 'Removed a box', change: removed, subjects: only(of) }),
          }
        },
        present: async (_done, { action, learned }) => ({ action: action!, learned }),
      })
    },
  }
}

const only = (of: Detection) => ({ kind: 'detection' as const, ids: [of.id] })

const taughtBy = (of: Detection): Look | null =>
  of.taughtTaxonId === null ? null : { detectionId: of.id, taxonId: of.taughtTaxonId }

async function presentUnchanged(service: Service, of: Detection): Promise<DetectionAnswer> {
  const [detection] = await presentDetections(service, [of])
  const learned = { before: [], after: [], treeVersion: service.learning.treeVersion(), ms: 0 }
  return { detection: detection!, suggested: null, action: null, learned }
}

/** `embedding`: that of a new crop, for which suggestions are made. */
async function presentBox(
  service: Service,
  id: number,
  outcome: { action: Action | null; learned: Learned },
  embedding: Float32Array | null,
): Promise<DetectionAnswer> {
  const suggested = embedding ? await suggest(service, id, embedding) : null
  const [detection] = await presentDetections(service, [await getDetection(service.db, id)])
  return { detection: detection!, suggested, ...outcome }
}

/** What a box just drawn may be. The summary is stored, so that lists show it too. */
async function suggest(service: Service, id: number, embedding: Float32Array): Promise<AnsweredDetection> {
  const { db, learning, models } = service
  const { kind, bbox, confidence, source, groupKey } = await getDetection(db, id)
  const said = await learning.answer(embedding, { ...SUGGESTED, detectionId: id })
  const [teaching] = await teachingOf(db, [id], { version: learning.version(), modelSha256: models.embedder.sha256 })
  if (teaching) {
    const bursts = await burstExamples(db, [groupKey])
    await upsertSuggestions(db, [await summaryOf(learning, { ...teaching, embedding }, bursts)])
  }
  return { detectionId: String(id), kind, bbox, confidence, source, ...(await presentAnswer(service, said)) }
}

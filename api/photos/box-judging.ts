// Which photos show an animal, by what people have said of boxes so far. Everything follows from the marks as they are
// now, so that taking one back takes back what it taught. Results are kept until something changes; the numbers of a
// crop never change, and are kept for as long as the process runs.

import { type BoxFacts, type BoxJudge, type BoxMark, fitBoxJudge, noAnimal } from '../../classifiers/boxes/judge.ts'
import { NUMBERS } from '../../classifiers/boxes/look.ts'
import { hash } from '../../classifiers/fitting/folds.ts'
import { project } from '../../classifiers/statistics.ts'
import type { Db } from '../../db/connection/connect.ts'
import { changeStamp } from '../../db/history/stamp.ts'
import { type KnownPhoto, knownPhotos, markedBoxes, openPhotos, type StoredBox } from '../../db/photos/box-marks.ts'
import type { FalseTriggerFilter } from '../../db/photos/false-triggers.ts'
import { embeddingsOf } from '../../db/trees/sample.ts'
import type { Embedder } from '../../indexer/embed.ts'
import type { Service } from '../service.ts'

export type JudgedPhoto = {
  id: number
  /** The probability that it shows an animal: 0 without a box that counts. */
  animal: number
  /** The box that is most probably an animal. */
  best: { id: number; animal: number } | null
}
export type Judgement = {
  /** Boxes that people judged. */
  marks: number
  photos: JudgedPhoto[]
  /** Photos of which people said what they show, each judged without what was said of it and its burst. */
  known: { hasAnimal: boolean; animal: number }[]
}

/** Boxes that are learned from: at most so many, a sample. */
const MARKS = 5000
const KNOWN = 1000
const FOLDS = 5
/** About 200 bytes each. */
const MOST_VECTORS = 400_000

type Kept = { key: string; judgement: Promise<Judgement> }
const kept = new WeakMap<Db, Kept>()

export async function judgePhotos(service: Service, filter: FalseTriggerFilter): Promise<Judgement> {
  const key = JSON.stringify([filter, service.models.embedder.sha256, await changeStamp(service.db)])
  const last = kept.get(service.db)
  if (last?.key === key) return await last.judgement
  const judgement = judgeNow(service, filter)
  kept.set(service.db, { key, judgement })
  judgement.catch(() => kept.delete(service.db))
  return await judgement
}

async function judgeNow(service: Service, filter: FalseTriggerFilter): Promise<Judgement> {
  const { db } = service
  const marked = await markedBoxes(db, MARKS)
  const known = await knownPhotos(db, KNOWN)
  const open = await openPhotos(db, filter)
  const facts = await factsReader(service, [
    ...marked,
    ...known.flatMap(({ boxes }) => boxes),
    ...[...open.values()].flat(),
  ])
  const marks = marked.map((box) => ({ ...facts(box), kind: box.kind, groupKey: box.groupKey }))
  const judge = fitBoxJudge(marks)
  return {
    marks: marks.length,
    photos: [...open].map(([id, boxes]) => judgePhoto(judge, id, boxes.map(facts))),
    known: judgeKnown(marks, known, facts),
  }
}

function judgePhoto(judge: BoxJudge, id: number, boxes: BoxFacts[]): JudgedPhoto {
  let none = 1
  let best: JudgedPhoto['best'] = null
  for (const box of boxes) {
    const animal = judge.probabilities(box)[0]!
    none *= 1 - animal
    if (best === null || animal > best.animal) best = { id: box.id, animal }
  }
  return { id, animal: 1 - none, best }
}

/** By judges that were fitted without a fifth of the bursts, each for its fifth. */
function judgeKnown(
  marks: (BoxMark & { groupKey: string })[],
  known: readonly KnownPhoto[],
  facts: (box: StoredBox) => BoxFacts,
): Judgement['known'] {
  const foldOf = ({ groupKey }: { groupKey: string }) => hash(groupKey) % FOLDS
  return Array.from({ length: FOLDS }, (_, fold) => {
    const asked = known.filter((photo) => foldOf(photo) === fold)
    if (asked.length === 0) return []
    const judge = fitBoxJudge(marks.filter((mark) => foldOf(mark) !== fold))
    return asked.map(({ hasAnimal, boxes }) => ({ hasAnimal, animal: 1 - noAnimal(judge, boxes.map(facts)) }))
  }).flat()
}

type Vectors = Map<number, { boxVersion: number; vector: Float32Array }>
const vectorsBy = new WeakMap<Embedder, Vectors>()

/** Whitened by the embedder's own reference, which no lesson changes. */
async function factsReader(
  { db, models: { embedder }, learning }: Service,
  boxes: readonly StoredBox[],
): Promise<(box: StoredBox) => BoxFacts> {
  const vectors: Vectors = vectorsBy.get(embedder) ?? new Map()
  vectorsBy.set(embedder, vectors)
  const isKept = ({ id, boxVersion }: StoredBox) => vectors.get(id)?.boxVersion === boxVersion
  const missing = new Map(boxes.filter((box) => !isKept(box)).map((box) => [box.id, box.boxVersion]))
  if (vectors.size + missing.size > MOST_VECTORS) vectors.clear()
  for await (const page of embeddingsOf(db, embedder.sha256, [...missing.keys()]))
    for (const { detectionId, embedding } of page) {
      const vector = Float32Array.from(project(learning.reference, embedding).subarray(0, NUMBERS))
      vectors.set(detectionId, { boxVersion: missing.get(detectionId)!, vector })
    }
  return ({ id, confidence, bbox, camera }) => ({
    id,
    confidence,
    bbox,
    camera,
    vector: vectors.get(id)?.vector ?? [],
  })
}

// Which boxes are most probably animals, by what people have said of boxes so far.

import { type BoxFacts, type BoxMark, fitBoxJudge } from '../../classifiers/boxes/judge.ts'
import { confirmedBoxes, storedBoxes } from '../../db/photos/box-marks.ts'
import { embeddingsOf, nothingSample } from '../../db/trees/sample.ts'
import type { Service } from '../service.ts'

/** Boxes of each kind that are learned from: reading their vectors takes most of the time. */
const MARKS = 500

/** The surest animals first. They are fitted again each time, so that taking back a mark takes back what it taught. */
export async function likeliestAnimals(service: Service, detectionIds: number[]): Promise<number[]> {
  const { db, models } = service
  const nothings = await nothingSample(db, models.embedder.sha256, MARKS)
  const animals = await confirmedBoxes(db, MARKS)
  const isNothing = new Set(nothings.map(({ detectionId }) => detectionId))
  const facts = await factsOf(service, [...isNothing, ...animals, ...detectionIds])
  const marks: BoxMark[] = [...isNothing, ...animals].flatMap((id) => {
    const box = facts.get(id)
    return box ? [{ ...box, kind: isNothing.has(id) ? 'nothing' : 'animal' }] : []
  })
  const judge = fitBoxJudge(marks)
  const chances = new Map(
    detectionIds.flatMap((id) => {
      const box = facts.get(id)
      return box ? [[id, judge.probabilities(box)[0]!] as const] : []
    }),
  )
  return [...chances].sort(([a, x], [b, y]) => y - x || a - b).map(([id]) => id)
}

async function factsOf({ db, models, learning }: Service, ids: number[]): Promise<Map<number, BoxFacts>> {
  const boxes = await storedBoxes(db, ids)
  const vectors = new Map<number, Float32Array>()
  for await (const page of embeddingsOf(
    db,
    models.embedder.sha256,
    boxes.map(({ id }) => id),
  )) {
    for (const { detectionId, embedding } of page) vectors.set(detectionId, learning.project(embedding))
  }
  return new Map(boxes.map(({ id, ...box }) => [id, { ...box, vector: vectors.get(id) ?? [] }]))
}

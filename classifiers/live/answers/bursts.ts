// The animals of a burst: its boxes are linked from photo to photo, and the photos of each animal are answered as one.

import type { Db } from '../../../db/connection/connect.ts'
import { embeddingsOf } from '../../../db/trees/sample.ts'
import { agreementOf, answerBurst, type BurstAnswer } from '../../bursts/burst-answer.ts'
import { type Frame, linkTracks } from '../../bursts/tracks.ts'
import { type Judgement, judge } from '../../suggest.ts'
import type { LiveTree } from '../live-tree.ts'
import { fillSurroundings } from '../surrounding-rows.ts'
import type { TakenAt } from './live-places.ts'
import { queryOf } from './query.ts'

/** A box of an animal. `place`: of its photo in the order in which they were taken. */
export type BurstBox = Omit<Frame, 'vector' | 'isNew'>

/** `odd`: boxes that may show a second animal. */
export type Track = Omit<BurstAnswer, 'odd'> & { detectionIds: number[]; odd: number[] }

export type BurstOptions = { groupKey: string; takenAt: TakenAt; accuracy: number | null }

/** Boxes without an embedding are left out. Empty where nothing is taught. */
export async function tracksOf(
  db: Db,
  modelSha256: string,
  live: LiveTree,
  boxes: readonly BurstBox[],
  { groupKey, takenAt, accuracy }: BurstOptions,
): Promise<Track[]> {
  const box = new Map(boxes.map((one) => [one.detectionId, one]))
  const asked: { box: BurstBox; query: Awaited<ReturnType<typeof queryOf>>['query'] }[] = []
  for await (const page of embeddingsOf(db, modelSha256, [...box.keys()]))
    for (const { detectionId, embedding } of page)
      asked.push({
        box: box.get(detectionId)!,
        query: (await queryOf(db, modelSha256, live, embedding, { groupKey })).query,
      })
  // A lesson may have come while rows were read. From here on nothing is awaited.
  await fillSurroundings(db, modelSha256, live)
  const list = live.listAt(takenAt.deploymentId)?.list ?? null
  const place = live.places.at(takenAt, groupKey)?.place ?? null
  const leaveOut = live.groupExamples(groupKey)
  for (const example of leaveOut) live.tree.remove(example)
  try {
    const said = new Map<Frame, Judgement>()
    for (const { box, query } of asked) {
      const judgement = judge(live.tree, { ...query, list, place, accuracy: null, limit: 0 })
      if (judgement) said.set({ ...box, vector: query.vector, isNew: isNew(judgement) }, judgement)
    }
    const { thresholds } = live.statistics
    const { shift } = live.watch(accuracy)
    const agreement = (a: Frame, b: Frame) => agreementOf(said.get(a)!, said.get(b)!)
    return linkTracks([...said.keys()], agreement).map((frames) => {
      const answer = answerBurst(
        frames.map((frame) => said.get(frame)!),
        { accuracy, thresholds, shift },
      )
      const idOf = (i: number): number => frames[i]!.detectionId
      return { ...answer, detectionIds: frames.map((_, i) => idOf(i)), odd: answer.odd.map(idOf) }
    })
  } finally {
    for (const example of leaveOut) live.tree.add(example)
  }
}

function isNew({ fused }: Judgement): boolean {
  return fused.novel.reduce((sum, value) => sum + value, 0) > 0.5
}

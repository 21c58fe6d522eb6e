// Which photos show an animal, by what people have said of boxes so far. Everything follows from the marks as they are
// now, so that taking one back takes back what it taught. Results are kept until something changes.

import { type BoxFacts, type BoxJudge, type BoxMark, fitBoxJudge, noAnimal } from '../../classifiers/boxes/judge.ts'
import { hash } from '../../classifiers/fitting/folds.ts'
import { MOST_MARKS } from '../../classifiers/live/knowledge/hiding.ts'
import type { Db } from '../../db/connection/connect.ts'
import { changeStamp } from '../../db/history/stamp.ts'
import type { FalseTriggerFilter } from '../../db/photos/false-triggers.ts'
import {
  type KnownPhoto,
  knownPhotos,
  markedBoxes,
  openPhotos,
  type StoredBox,
} from '../../db/photos/judging/box-marks.ts'
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

const KNOWN = 1000
const FOLDS = 5

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
  const marked = await markedBoxes(db, MOST_MARKS)
  const known = await knownPhotos(db, KNOWN)
  const open = await openPhotos(db, filter)
  const facts = await service.learning.boxFacts([
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

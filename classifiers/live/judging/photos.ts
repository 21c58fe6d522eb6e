// Which photos show an animal, by what people have said of boxes and photos so far. Everything follows from the marks
// as they are now, so that taking one back takes back what it taught. Results are kept until something changes.

import type { Db } from '../../../db/connection/connect.ts'
import { changeStamp } from '../../../db/history/stamp.ts'
import type { FalseTriggerFilter } from '../../../db/photos/false-triggers.ts'
import { knownPhotos, markedBoxes, markedPhotos, openPhotos } from '../../../db/photos/judging/box-marks.ts'
import type { JudgedKnown, JudgedPhotos } from '../../boxes/photos.ts'
import type { Said } from './judge-thread.ts'
import type { JudgeWorker } from './judge-worker.ts'

export type Judgement = {
  /** Boxes and photos without a box that people judged. */
  marks: { boxes: number; photos: number }
  photos: JudgedPhotos
  /** The probability of an animal in a photo without a box of which nothing is known. */
  anyAnimal: number
  /** Photos of which people said what they show, each judged without what was said of it and its burst. */
  known: JudgedKnown[]
}
export type JudgePhotos = (filter: FalseTriggerFilter) => Promise<Judgement>

/** Boxes that are learned from, and photos: at most so many of each, a sample. */
const MOST_MARKS = 5000
const KNOWN = 1000

export async function saidOf(db: Db): Promise<Said> {
  return { boxes: await markedBoxes(db, MOST_MARKS), photos: await markedPhotos(db, MOST_MARKS) }
}

export function photoJudging(db: Db, worker: JudgeWorker): JudgePhotos {
  let last: { key: string; judgement: Promise<Judgement> } | null = null

  async function judgeNow(filter: FalseTriggerFilter): Promise<Judgement> {
    const said = await saidOf(db)
    return await worker.by(said, async (judging) => {
      for await (const page of openPhotos(db, filter)) await judging.judge(page)
      return {
        anyAnimal: judging.anyAnimal,
        marks: { boxes: said.boxes.length, photos: said.photos.length },
        known: await judging.known(await knownPhotos(db, KNOWN)),
        photos: await judging.judged(),
      }
    })
  }

  return async (filter) => {
    const key = JSON.stringify([filter, await changeStamp(db)])
    if (last?.key === key) return await last.judgement
    const judgement = judgeNow(filter)
    last = { key, judgement }
    judgement.catch(() => {
      if (last?.judgement === judgement) last = null
    })
    return await judgement
  }
}

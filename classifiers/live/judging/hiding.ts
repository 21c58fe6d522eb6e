// Keeps the list of boxes that are probably no animals, in the background: after every change all boxes that wait are
// judged again by what people said of others. The list follows from the marks alone, so taking a mark back takes back
// what it hid.

import type { Db } from '../../../db/connection/connect.ts'
import { changeStamp } from '../../../db/history/stamp.ts'
import {
  lastJudgedBy,
  replaceUnlikelyBoxes,
  type UnlikelyBox,
  untouchedBoxes,
} from '../../../db/photos/judging/unlikely-boxes.ts'
import { knowsEnough, UNLIKELY } from '../../boxes/unlikely.ts'
import { type Background, openBackground } from '../background.ts'
import type { Announce } from '../events.ts'
import type { Said } from './judge-thread.ts'
import type { JudgeWorker } from './judge-worker.ts'
import { saidOf } from './photos.ts'

/** Several marks share one pass. */
const QUIET_MS = 500
/** After each page it rests this many times as long as that took. */
const REST = 2
/** After each pass, likewise: reading the marks of 250,000 photos holds up other requests. */
const REST_AFTER = 4
/** Grows when the judge changes: then all boxes are judged again. */
const RECIPE = 1

export function openHiding(options: {
  db: Db
  modelSha256: string
  worker: JudgeWorker
  announce: Announce
  onError: (error: unknown, doing: string) => void
}): Background {
  const { db, modelSha256, worker, announce, onError } = options

  async function pass(signal: AbortSignal, rest: (ms: number) => Promise<void>): Promise<void> {
    const startedAt = performance.now()
    await judgeAll(signal, rest)
    await rest(REST_AFTER * (performance.now() - startedAt))
  }

  async function judgeAll(signal: AbortSignal, rest: (ms: number) => Promise<void>): Promise<void> {
    const by = [RECIPE, UNLIKELY, modelSha256, await changeStamp(db)].join(' ')
    if (by === (await lastJudgedBy(db))) return
    const said = await saidOf(db)
    const hidden = knowsEnough(said.boxes) ? await hiddenBy(said, signal, rest) : []
    if (signal.aborted) return
    await replaceUnlikelyBoxes(db, hidden, by)
    announce({ name: 'boxesJudged', hidden: hidden.length })
  }

  async function hiddenBy(
    said: Said,
    signal: AbortSignal,
    rest: (ms: number) => Promise<void>,
  ): Promise<UnlikelyBox[]> {
    return await worker.by(said, async (judging) => {
      const hidden: UnlikelyBox[] = []
      let startedAt = performance.now()
      for await (const page of untouchedBoxes(db)) {
        if (signal.aborted) break
        hidden.push(...(await judging.unlikely(page)))
        await rest(REST * (performance.now() - startedAt))
        startedAt = performance.now()
      }
      return hidden
    })
  }

  return openBackground({ db, doing: 'judging boxes', quietMs: QUIET_MS, pass, onError })
}

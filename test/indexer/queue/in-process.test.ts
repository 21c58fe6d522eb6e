// The queue inside this process: it holds few ids, rests when everything fails, and gives up a photo that crashes its
// process.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { addMedia } from '../../../db/photos/add-media.ts'
import { beginAttempt, getMedia, markFailed } from '../../../db/photos/media.ts'
import { openInProcessQueue } from '../../../indexer/queue/in-process.ts'
import { type MediaSource, queuedMedia } from '../../../indexer/queue/queue.ts'
import { openTestDatabase } from '../../support/database.ts'
import { photoFacts } from '../../support/rows.ts'
import { openInProcess, openRows, withQueue } from './waiting-rows.ts'

describe('queue in process', () => {
  test('holds no more than it works on, and asks seldom', () =>
    withQueue(openInProcess, 5000, async ({ queue, waiting, asked, mostExcluded }) => {
      await queue.start(async (id) => void waiting.delete(id), { concurrency: 8 })
      await queue.idle()
      assert.equal(waiting.size, 0)
      assert.ok(asked() < 1000, `${asked()} questions for 5,000 photos`)
      assert.ok(mostExcluded() <= 24, `${mostExcluded()} ids left out at once`)
    }))

  test('when everything throws it neither spins nor grows', { timeout: 180_000 }, () =>
    withQueue(openInProcess, 1000, async ({ queue, waiting, errors, mostExcluded }) => {
      let broken = true
      await queue.start(
        async (id) => {
          if (broken) throw new Error('the disk is full')
          waiting.delete(id)
        },
        { concurrency: 4 },
      )
      await sleep(300)
      assert.ok(errors.length < 120, `${errors.length} attempts in 0.3 s`)
      assert.ok(mostExcluded() <= 12)
      broken = false
      await queue.idle()
      assert.equal(waiting.size, 0)
    }),
  )

  test('a source that cannot be reached is asked again', async () => {
    const rows = openRows(3)
    let asked = 0
    const errors: unknown[] = []
    const next: MediaSource['next'] = async (limit, excluding) => {
      if (++asked < 3) throw new Error('no connection')
      return await rows.source.next(limit, excluding)
    }
    const queue = openInProcessQueue({ ...rows.source, next, restMs: 5, onError: (error) => errors.push(error) })
    await queue.start(async (id) => void rows.waiting.delete(id), { concurrency: 2 })
    await queue.idle()
    assert.deepEqual([errors.length, rows.waiting.size], [2, 0])
    await queue.close()
  })

  test('a photo that keeps ending its process is given up with a sentence, the others are indexed', async () => {
    const { db, close } = await openTestDatabase()
    try {
      const ids = [] as number[]
      for (let i = 0; i < 3; i++) ids.push((await addMedia(db, photoFacts())).id)
      // What a killed process leaves behind: the attempt is counted, the row still waits.
      const died = new Set<number>()
      for (let life = 0; life < 4; life++) {
        const queue = openInProcessQueue({ ...queuedMedia(db), restMs: 10_000 })
        await queue.start(
          async (id) => {
            if (!(await beginAttempt(db, id))) return
            if (id === ids[1]) {
              died.add(life)
              throw new Error('as if killed')
            }
            await markFailed(db, id, { stage: 'decode', message: 'answered' })
          },
          { concurrency: 1 },
        )
        while (life < 3 ? !died.has(life) : (await queuedMedia(db).count()) > 0) await sleep(20)
        await queue.close()
      }
      assert.deepEqual([...died], [0, 1, 2])
      const bad = await getMedia(db, ids[1]!)
      assert.equal(bad.status, 'failed')
      assert.match(bad.failure?.message ?? '', /interrupted 3 times/)
      for (const id of [ids[0]!, ids[2]!]) assert.equal((await getMedia(db, id)).failure?.message, 'answered')
    } finally {
      await close()
    }
  })
})

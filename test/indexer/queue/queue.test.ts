// What every queue does, in process or on Redis: one suite for both.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openBullQueue } from '../../../indexer/queue/bullmq.ts'
import { until } from '../../support/processes.ts'
import { bullOptions, needsRedis, type OpenQueue, openInProcess, queueName, withQueue } from './waiting-rows.ts'

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

const openBull: OpenQueue = (source, onError) =>
  openBullQueue({ ...source, onError, ...bullOptions, name: queueName() })

for (const [kind, open, skip] of [
  ['in process', openInProcess, false],
  ['BullMQ', openBull, needsRedis],
] as const) {
  describe(`queue ${kind}`, { skip }, () => {
    test('works on everything that waits, each once, never more at a time than asked', () =>
      withQueue(open, 50, async ({ queue, waiting }) => {
        const done: number[] = []
        let now = 0
        let most = 0
        await queue.start(
          async (id) => {
            most = Math.max(most, ++now)
            await sleep(5)
            now--
            done.push(id)
            waiting.delete(id)
          },
          { concurrency: 4 },
        )
        await queue.idle()
        assert.deepEqual(
          [...done].sort((a, b) => a - b),
          Array.from({ length: 50 }, (_, i) => i + 1),
        )
        assert.equal(most, 4)
        assert.deepEqual(await queue.counts(), { waiting: 0, active: 0 })
      }))

    test('wakes when photos are added, also the same ones twice', () =>
      withQueue(open, 0, async ({ queue, waiting }) => {
        const done: number[] = []
        await queue.start(
          async (id) => {
            done.push(id)
            waiting.delete(id)
          },
          { concurrency: 2 },
        )
        await queue.idle()
        for (let round = 0; round < 3; round++) {
          waiting.add(7).add(8)
          await queue.add([7, 8])
          await queue.add([7])
          await queue.idle()
        }
        assert.deepEqual([...done].sort(), [7, 7, 7, 8, 8, 8])
      }))

    test('finds rows that nobody told it of', () =>
      withQueue(open, 0, async ({ queue, waiting }) => {
        await queue.start(async (id) => void waiting.delete(id), { concurrency: 2 })
        await queue.idle()
        waiting.add(3)
        await queue.idle()
        assert.equal(waiting.size, 0)
      }))

    test('a photo whose handler throws is tried again, the others go on', { timeout: 180_000 }, () =>
      withQueue(open, 6, async ({ queue, waiting, errors }) => {
        const attempts = new Map<number, number>()
        await queue.start(
          async (id) => {
            const attempt = (attempts.get(id) ?? 0) + 1
            attempts.set(id, attempt)
            if (id === 2 && attempt < 3) throw new Error('the database is away')
            waiting.delete(id)
          },
          { concurrency: 2 },
        )
        await queue.idle()
        assert.equal(attempts.get(2), 3)
        assert.equal(
          [...attempts.values()].reduce((a, b) => a + b),
          8,
        )
        assert.equal(errors.length, 2)
      }),
    )

    test('a photo that failed before the clock was set back is not left waiting', { timeout: 180_000 }, (t) =>
      withQueue(open, 2, async ({ queue, waiting }) => {
        const { now } = Date
        let ahead = 3_600_000
        t.mock.method(Date, 'now', () => now() + ahead)
        await queue.start(
          async (id) => {
            if (ahead > 0 && id === 1) throw new Error('the database is away')
            waiting.delete(id)
          },
          { concurrency: 1 },
        )
        await until('the other photo', () => waiting.size === 1)
        assert.deepEqual([...waiting], [1])
        ahead = 0
        await queue.idle()
        assert.equal(waiting.size, 0)
      }),
    )

    test('closing waits for what is being worked on and begins nothing new', () =>
      withQueue(open, 10, async ({ queue, waiting }) => {
        let begun = 0
        let ended = 0
        const { promise: mayEnd, resolve: end } = withResolvers()
        await queue.start(
          async (id) => {
            begun++
            await mayEnd
            waiting.delete(id)
            ended++
          },
          { concurrency: 3 },
        )
        await until('three at work', () => begun === 3)
        const { active, waiting: left } = await queue.counts()
        assert.deepEqual([active, left], [3, 7])
        const closed = queue.close()
        end()
        await closed
        assert.deepEqual([begun, ended, waiting.size], [3, 3, 7])
      }))

    test('starts only once', () =>
      withQueue(open, 0, async ({ queue }) => {
        const start = () => queue.start(async () => {}, { concurrency: 1 })
        await start()
        await assert.rejects(start(), /not started yet/)
      }))
  })
}

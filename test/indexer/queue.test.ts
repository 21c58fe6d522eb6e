import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { addMedia, beginAttempt, getMedia, markFailed } from '../../db/photos/media.ts'
import { openBullQueue } from '../../indexer/queue/bullmq.ts'
import { openInProcessQueue } from '../../indexer/queue/in-process.ts'
import { type MediaSource, type Queue, queuedMedia } from '../../indexer/queue/queue.ts'
import { openTestDatabase } from '../support/database.ts'
import { timed, until } from '../support/processes.ts'
import { setRedisBack } from '../support/redis-clock.ts'
import { photoFacts } from '../support/rows.ts'

/** Rows in memory: ids that wait, in order. */
function openRows(count: number) {
  const waiting = new Set(Array.from({ length: count }, (_, i) => i + 1))
  let asked = 0
  let most = 0
  const source: MediaSource = {
    next: async (limit, excluding) => {
      asked++
      most = Math.max(most, excluding.length)
      const without = new Set(excluding)
      const ids: number[] = []
      for (const id of waiting) {
        if (ids.length === limit) break
        if (!without.has(id)) ids.push(id)
      }
      return ids
    },
    count: async () => waiting.size,
  }
  return { waiting, source, asked: () => asked, mostExcluded: () => most }
}

type Open = (source: MediaSource, onError?: (error: unknown) => void) => Promise<Queue>
const testQueueUrl = process.env.TEST_QUEUE_URL ?? ''
const needsRedis = testQueueUrl === '' ? 'needs Redis: set TEST_QUEUE_URL=redis://…' : false

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

const name = () => `test-${randomBytes(6).toString('hex')}`
const bullOptions = { url: testQueueUrl, prefix: 'clavis-test', sweepMs: 200, lockMs: 10_000 }
const openInProcess: Open = async (source, onError) =>
  openInProcessQueue({ ...source, onError, restMs: 20, pollMs: 200 })
const openBull: Open = (source, onError) => openBullQueue({ ...source, onError, ...bullOptions, name: name() })

async function withQueue(
  open: Open,
  count: number,
  work: (parts: ReturnType<typeof openRows> & { queue: Queue; errors: unknown[] }) => Promise<void>,
) {
  const rows = openRows(count)
  const errors: unknown[] = []
  const queue = await open(rows.source, (error) => errors.push(error))
  try {
    await work({ ...rows, queue, errors })
  } finally {
    await queue.close()
  }
}

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
      assert.match(bad.failure?.message ?? '', /broken off 3 times/)
      for (const id of [ids[0]!, ids[2]!]) assert.equal((await getMedia(db, id)).failure?.message, 'answered')
    } finally {
      await close()
    }
  })
})

describe('queue BullMQ', { skip: needsRedis }, () => {
  test('an emptied Redis loses nothing', { timeout: 180_000 }, async () => {
    const rows = openRows(40)
    const own = { ...bullOptions, prefix: name(), name: 'media' }
    const queue = await openBullQueue({ ...rows.source, ...own })
    let done = 0
    await queue.start(
      async (id) => {
        await sleep(20)
        rows.waiting.delete(id)
        done++
      },
      { concurrency: 2 },
    )
    await sleep(100)
    const redis = new Redis(testQueueUrl)
    const keys = await redis.keys(`${own.prefix}:*`)
    assert.ok(keys.length > 0)
    await redis.del(...keys)
    await queue.idle()
    assert.equal(rows.waiting.size, 0)
    assert.ok(done >= 40)
    await queue.close()
    redis.disconnect()
  })

  test('a lost connection is made again', { timeout: 180_000 }, async () => {
    const rows = openRows(30)
    const errors: unknown[] = []
    const queue = await openBullQueue({ ...rows.source, ...bullOptions, name: name(), onError: (e) => errors.push(e) })
    await queue.start(
      async (id) => {
        await sleep(20)
        rows.waiting.delete(id)
      },
      { concurrency: 2 },
    )
    await sleep(60)
    const redis = new Redis(testQueueUrl)
    await redis.call('client', 'kill', 'type', 'normal', 'skipme', 'yes')
    await queue.add([1, 2, 3])
    await queue.idle()
    assert.equal(rows.waiting.size, 0)
    await queue.close()
    redis.disconnect()
  })

  test('what a silent process worked on is given to another', { timeout: 180_000 }, async (t) => {
    const rows = openRows(1)
    const own = { ...bullOptions, prefix: name(), name: 'media', lockMs: 1500 }
    const { fork } = await import('node:child_process')
    const child = fork(new URL('../support/silent-worker.ts', import.meta.url), [JSON.stringify(own)], {
      execArgv: ['--import', import.meta.resolve('tsx')],
    })
    await new Promise((resolve) => child.once('message', resolve))
    child.kill('SIGKILL')
    // Nor is it kept where the clock of Redis is set back meanwhile.
    await setRedisBack(testQueueUrl, own.prefix, 3_600_000)
    const queue = await openBullQueue({ ...rows.source, ...own })
    await queue.start(async (id) => void rows.waiting.delete(id), { concurrency: 1 })
    await timed(t, 'given to another', () => queue.idle())
    assert.equal(rows.waiting.size, 0)
    await queue.close()
  })

  test('a server that is not there is said in a sentence', async () => {
    const rows = openRows(0)
    await assert.rejects(
      openBullQueue({ ...rows.source, url: 'redis://127.0.0.1:1', name: 'x' }),
      /Cannot use the queue server at 127.0.0.1:1: .*ECONNREFUSED/,
    )
  })
})

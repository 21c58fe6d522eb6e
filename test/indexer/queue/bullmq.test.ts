// The queue on a real Redis that is emptied, disconnected or never there, and workers that fall silent.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { openBullQueue } from '../../../indexer/queue/bullmq.ts'
import { setRedisBack } from '../../support/faults/redis-clock.ts'
import { timed } from '../../support/processes.ts'
import { bullOptions, needsRedis, openRows, queueName, testQueueUrl } from './waiting-rows.ts'

describe('queue BullMQ', { skip: needsRedis }, () => {
  test('an emptied Redis loses nothing', { timeout: 180_000 }, async () => {
    const rows = openRows(40)
    const own = { ...bullOptions, prefix: queueName(), name: 'media' }
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
    const queue = await openBullQueue({
      ...rows.source,
      ...bullOptions,
      name: queueName(),
      onError: (e) => errors.push(e),
    })
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
    const own = { ...bullOptions, prefix: queueName(), name: 'media', lockMs: 1500 }
    const { fork } = await import('node:child_process')
    const child = fork(new URL('../../support/faults/silent-worker.ts', import.meta.url), [JSON.stringify(own)], {
      execArgv: ['--import', import.meta.resolve('tsx')],
    })
    await new Promise((resolve) => child.once('message', resolve))
    child.kill('SIGKILL')
    // The same when the clock of Redis is set back meanwhile.
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

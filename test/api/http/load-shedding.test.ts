// A flood of requests: some are answered at once, some wait, and the rest get 503 with a time to come back. Probes
// always answer.

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import { OpenAPIHono } from '@hono/zod-openapi'
import pino from 'pino'
import { createGate } from '../../../api/http/load/gate.ts'
import { keepCount } from '../../../api/http/load/kept-count.ts'
import { shedLoad } from '../../../api/http/load/load-shedding.ts'
import { createTurns } from '../../../api/http/load/turns.ts'
import { renderProblem } from '../../../api/http/render-problem.ts'
import type { Env } from '../../../api/http/router.ts'

const LIMITS = { running: 2, waiting: 3, retryAfterSeconds: 1 }

function floodable() {
  const app = new OpenAPIHono<Env>()
  let running = 0
  let most = 0
  const held: (() => void)[] = []
  const lines: Record<string, unknown>[] = []
  const log = pino({}, { write: (line) => void lines.push(JSON.parse(line)) })
  app.use(async (c, next) => {
    c.set('log', log)
    await next()
  })
  app.use(shedLoad(LIMITS))
  app.onError((error, c) => renderProblem(error, c))
  const hold = async () => {
    most = Math.max(most, ++running)
    await new Promise<void>((resolve) => held.push(resolve))
    running--
  }
  app.get('/api/slow', async (c) => {
    await hold()
    return c.text('done')
  })
  app.get('/api/broken', () => {
    throw new Error('broken')
  })
  app.get('/healthz', (c) => c.text('ok'))
  app.get('/api/events', (c) => c.text('endless'))
  const release = () => {
    for (const resolve of held.splice(0)) resolve()
  }
  return { app, lines, held, release, most: () => most }
}

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

test('a flood is answered, lined up or refused', async () => {
  const { app, lines, held, release, most } = floodable()
  const flood = Array.from({ length: 9 }, async () => await app.request('/api/slow'))
  const refused = (await Promise.all(flood.slice(5))).map(({ status, headers }) => [status, headers.get('Retry-After')])
  assert.deepEqual(
    refused,
    Array.from({ length: 4 }, () => [503, '1']),
  )
  assert.deepEqual(
    lines.map(({ level, err }) => [level, err]),
    Array.from({ length: 4 }, () => [pino.levels.values.info, undefined]),
    'a refusal is a short line, not an error',
  )
  await until(() => held.length === 2)
  assert.equal((await app.request('/healthz')).status, 200)
  assert.equal((await app.request('/api/events')).status, 200)
  assert.equal((await app.request('/api/slow')).status, 503)

  let answered = 0
  const answers = flood.slice(0, 5).map(async (one) => {
    const { status } = await one
    answered++
    return status
  })
  while (answered < 5) {
    release()
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.deepEqual(await Promise.all(answers), [200, 200, 200, 200, 200])
  assert.equal(most(), 2)
})

test('one caller leaves room for others, and has its places back when they are done', async () => {
  const gate = createGate({ running: 1, waiting: 9, ofOneCaller: 2, retryAfterSeconds: 1 })
  const done: (() => void)[] = []
  const slow = async () => await new Promise<void>((resolve) => done.push(resolve))
  const greedy = [1, 2].map(async () => await gate.run(slow, 'person 1'))
  await assert.rejects(gate.run(slow, 'person 1'), /You have too many requests/)
  const others = ['person 2', undefined, undefined, undefined].map(async (who) => await gate.run(slow, who))
  for (let i = 0; i < 6; i++) {
    await until(() => done.length > 0)
    done.shift()!()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all([...greedy, ...others])
  assert.equal(await gate.run(async () => 'again', 'person 1'), 'again')
})

test('what fails gives its place back', async () => {
  const { app, held, release } = floodable()
  for (let i = 0; i < 20; i++) assert.equal((await app.request('/api/broken')).status, 500)
  const answer = app.request('/api/slow')
  await until(() => held.length === 1)
  release()
  assert.equal((await answer).status, 200)
})

test('work that waited for others runs in the context of its own request', async () => {
  const request = new AsyncLocalStorage<number>()
  const gate = createGate({ ...LIMITS, running: 1 })
  const inTurn = createTurns()
  const seen = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return request.getStore()
  }
  const ids = [1, 2, 3]
  assert.deepEqual(await Promise.all(ids.map((id) => request.run(id, () => gate.run(seen)))), ids)
  assert.deepEqual(await Promise.all(ids.map((id) => request.run(id, () => inTurn('a', seen)))), ids)
})

test('a count is made first in a small installation, and beside the requests in a large one', async () => {
  let [now, value, large] = [0, 1, false]
  const finish: (() => void)[] = []
  const count = async () => {
    const counted = value
    if (large) await new Promise<void>((resolve) => finish.push(resolve))
    now += 10
    return counted
  }
  const read = keepCount(
    count,
    async () => large,
    () => now,
  )
  const said = async (state: string) => (await read(state))?.value ?? null
  assert.equal(await said('1.0'), 1)
  value = 2
  assert.equal(await said('1.0'), 1, 'kept for twenty times its cost')
  assert.equal(await said('1.1'), 2, 'a change is known at once')

  large = true
  value = 3
  now += 1000
  assert.equal(await said('1.2'), 2, 'nobody waits')
  assert.equal(await said('1.2'), 2)
  assert.equal(finish.length, 1, 'and one count is enough for all')
  finish[0]?.()
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(await said('1.3'), 3)
})

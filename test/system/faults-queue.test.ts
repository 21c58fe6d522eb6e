// Faults between processes that share Postgres and Redis: a worker and an inference process killed in the middle of
// their work, Redis gone and back with what it had saved or with nothing, photos given to two.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { Redis } from 'ioredis'
import { type Database, openDatabase } from '../../db/connection/connect.ts'
import { needsOwnServers, type OwnServer } from '../support/faults/own-servers.ts'
import { setRedisBack } from '../support/faults/redis-clock.ts'
import {
  bring,
  drawMany,
  identify,
  installOnServers,
  makeSpecies,
  nothing,
  type Species,
} from '../support/faults/setup.ts'
import { allIndexed, assertSound } from '../support/faults/soundness.ts'
import {
  type Command,
  type Environment,
  removeAll,
  run,
  type Server,
  serve,
  timed,
  until,
} from '../support/processes.ts'

const options = { skip: needsOwnServers }
const HOUR_MS = 3_600_000
const acknowledged = nothing()
let redis: OwnServer
let env: Environment
let database: Database
let api: Server
let species: Species

before(async () => {
  if (needsOwnServers) return
  const installation = await installOnServers()
  redis = installation.redis
  env = installation.env
  api = await serve(env)
  species = await makeSpecies(api)
  database = await openDatabase(installation.postgres.url)
})
after(async () => {
  await database?.close()
  await removeAll()
})

type Worker = Command & { url: string }

async function work(): Promise<Worker> {
  const worker = run(['work'], { ...env, WORK_PORT: '0' })
  const url = await until('the worker', () => /its state at (\S+)\)/.exec(worker.said())?.[1], [worker])
  return { ...worker, url }
}

async function sound(): Promise<void> {
  const fresh = await serve(env)
  await assertSound(database, [api], fresh, acknowledged)
  assert.equal(await fresh.stop(), 0)
}

/** The value of one series, of whichever process. */
async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1) ?? 0,
  )
}

/** Sends photos, drawn from seed `from` on, until the worker has some in work. */
async function keepBusy(worker: Worker, from: number): Promise<void> {
  let seed = from
  await until('photos in the worker’s hands', async () => {
    seed += 20
    await bring(api, await drawMany('red', 20, seed), acknowledged)
    return (await metric(worker.url, 'clavis_queue_photos{state="active"}')) > 0
  }, [api, worker])
}

/** The id of its inference process. */
async function inferenceOf({ child: { pid } }: Command): Promise<number> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ')
  const lines = await Promise.all(children.map((one) => readFile(`/proc/${one}/cmdline`, 'utf8').catch(() => '')))
  const inference = children[lines.findIndex((line) => line.includes('inference/worker'))]
  return Number(inference ?? assert.fail(lines.join('\n')))
}

test('a worker killed in the middle of its photos: others finish them', options, async (t) => {
  const worker = await work()
  assert.equal((await fetch(`${worker.url}/readyz`)).status, 200)
  await keepBusy(worker, 0)
  worker.child.kill('SIGKILL')
  await worker.ended
  await timed(t, 'a statement taken', () => identify(api, acknowledged.media[0]!, species.red, acknowledged))
  await timed(t, 'all sound', sound)
})

test('an inference process killed in the middle of its work is replaced', options, async (t) => {
  const ids = await bring(api, await drawMany('blue', 30, 1000), acknowledged)
  process.kill(await inferenceOf(api), 'SIGKILL')
  await timed(t, 'a statement taken', () => identify(api, ids[0]!, species.blue, acknowledged))
  await timed(t, 'all sound', sound)
  assert.equal(await metric(api.url, 'clavis_inference_restarts'), 1)
})

for (const kept of [true, false]) {
  const how = kept ? 'with what it had saved' : 'empty'
  test(`Redis gone, then back ${how}: photos are taken meanwhile, and all are indexed`, options, async (t) => {
    const worker = await work()
    const from = kept ? 2000 : 3000
    await bring(api, await drawMany('red', 15, from), acknowledged)
    if (kept) {
      const client = new Redis(redis.url)
      await client.save()
      client.disconnect()
    }
    await redis.kill()
    const ids = await bring(api, await drawMany('blue', 5, from + 500), acknowledged)
    await redis.start()
    await timed(t, 'a statement taken', () => identify(api, ids[0]!, species.blue, acknowledged))
    await timed(t, 'all sound', sound)
    worker.child.kill('SIGTERM')
    assert.equal(await worker.ended, 0, worker.said())
  })
}

test('photos that two processes are given at once are indexed once', options, async (t) => {
  const worker = await work()
  const inference = await inferenceOf(worker)
  process.kill(inference, 'SIGSTOP')
  await keepBusy(worker, 4000)
  // Without their locks the photos look abandoned, though the worker is still busy with them.
  await setRedisBack(redis.url, 'clavis', -HOUR_MS)
  await timed(t, 'all indexed', () => allIndexed(api))
  const { rows } = await database.pool.query<{ count: number }>(
    'select count(*)::int as count from media where attempts > 1',
  )
  assert.ok(rows[0]!.count > 0, 'photos were begun twice')
  process.kill(inference, 'SIGCONT')
  await until('the worker to be done too', async () => {
    return (await metric(worker.url, 'clavis_queue_photos{state="active"}')) === 0
  }, [worker])
  await identify(api, acknowledged.media.at(-1)!, species.red, acknowledged)
  await sound()
  worker.child.kill('SIGTERM')
  assert.equal(await worker.ended, 0, worker.said())
})

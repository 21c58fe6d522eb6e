// Clocks that are set forward or back while photos are indexed and people name animals: of the processes, of the
// embedded database, of Postgres and of Redis. Nothing important may depend on the time of day.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import type { DetectionDetail } from '../../api/contract/media.ts'
import { openDatabase } from '../../db/connection/connect.ts'
import { needsOwnServers } from '../support/faults/own-servers.ts'
import { setRedisBack } from '../support/faults/redis-clock.ts'
import { bring, drawMany, identify, installOnServers, makeSpecies, nothing } from '../support/faults/setup.ts'
import { allIndexed, answerOf, assertKept, assertSound } from '../support/faults/soundness.ts'
import { COLOURS, drawAnimal } from '../support/photos.ts'
import { newInstallation, removeAll, run, type Server, serve, timed, until, withClock } from '../support/processes.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

after(removeAll)

const identificationsOf = async (server: Server, detectionId: string) =>
  (await server.read<DetectionDetail>(200, `/api/detections/${detectionId}`)).identifications

test('the clock of a server and of its embedded database set on by a day and back by two', async (t) => {
  const env = await newInstallation({ embedded: true })
  const clock = await withClock(env)
  const acknowledged = nothing()
  const server = await serve(clock.env)
  const species = await makeSpecies(server)
  const [first] = await bring(server, await drawMany('red', 12), acknowledged)
  await clock.set(DAY_MS)
  await timed(t, 'set on: a statement taken', () => identify(server, first!, species.red, acknowledged))
  const [second] = await bring(server, await drawMany('blue', 12, 100), acknowledged)
  await identify(server, second!, species.red, acknowledged)
  const [, detectionId] = [...acknowledged.identified.keys()]
  const [said] = await identificationsOf(server, detectionId!)
  assert.ok(Math.abs(Date.parse(said!.createdAt) - Date.now() - DAY_MS) < HOUR_MS, 'the clock was set on')

  await clock.set(-DAY_MS)
  const [third] = await bring(server, await drawMany('red', 12, 200), acknowledged)
  await timed(t, 'set back: a statement taken', () => identify(server, third!, species.red, acknowledged))
  // The later statement counts, though its clock says two days earlier.
  const correction = { detectionId, taxonId: species.blue, replacesId: said!.id, basis: { kind: 'search' } }
  await server.read(201, '/api/identifications', { json: correction })
  acknowledged.identified.set(detectionId!, species.blue)
  const [earlier, later] = await identificationsOf(server, detectionId!)
  assert.ok(Date.parse(later!.createdAt) < Date.parse(earlier!.createdAt))

  await timed(t, 'all indexed', () => allIndexed(server))
  const photo = await drawAnimal(COLOURS.blue, { seed: 999 })
  const lived = await answerOf(server, photo)
  assert.equal(await server.stop(), 0)
  const fresh = await serve(env)
  assert.deepEqual(await answerOf(fresh, photo), lived, 'the tree read anew')
  assert.equal(await fresh.stop(), 0)
  const database = await openDatabase(`file:${join(env.DATA_DIR!, 'database')}`)
  await assertKept(database, acknowledged)
  await database.close()
})

/** A Postgres whose `now()` is ahead by what a table says; to be called before the program makes its tables. */
async function settableNow(
  url: string,
): Promise<{ set: (aheadMs: number) => Promise<void>; close: () => Promise<void> }> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`
    create schema clock;
    create table clock.ahead as select interval '0' as by;
    create function public.now() returns timestamptz language sql stable as
      'select pg_catalog.now() + (select by from clock.ahead)';
    alter database postgres set search_path = public, pg_catalog`)
  return {
    set: async (aheadMs) => {
      await client.query(`update clock.ahead set by = $1 * interval '1 millisecond'`, [aheadMs])
    },
    close: () => client.end(),
  }
}

test('clocks of an api, a worker, Postgres and Redis that differ, and are set while they work', {
  skip: needsOwnServers,
}, async (t) => {
  const { postgres, redis, env } = await installOnServers()
  const now = await settableNow(postgres.url)
  const [ofApi, ofWorker] = [await withClock(env), await withClock(env)]
  await ofApi.set(-DAY_MS)
  await ofWorker.set(DAY_MS)
  const acknowledged = nothing()
  const api = await serve(ofApi.env)
  const worker = run(['work'], { ...ofWorker.env, WORK_PORT: '0' })
  await until('the worker', () => /its state at/.test(worker.said()), [worker])
  const species = await makeSpecies(api)
  const [first, second] = await bring(api, await drawMany('red', 30), acknowledged)

  // Forward by two days: every lock in Redis ends, so photos that are worked on are given to a second process too.
  await ofApi.set(DAY_MS)
  await ofWorker.set(-DAY_MS)
  await now.set(2 * DAY_MS)
  await setRedisBack(redis.url, 'clavis', -2 * DAY_MS)
  await timed(t, 'set on: a statement taken', () => identify(api, first!, species.red, acknowledged))
  const [detectionId] = [...acknowledged.identified.keys()]
  const [said] = await identificationsOf(api, detectionId!)
  assert.ok(Math.abs(Date.parse(said!.createdAt) - Date.now() - 2 * DAY_MS) < HOUR_MS, 'the clock was set on')
  const [third] = await bring(api, await drawMany('blue', 30, 100), acknowledged)

  // Back by an hour, and the worker dies: its locks would end an hour late.
  await now.set(-HOUR_MS)
  await ofApi.set(-DAY_MS)
  worker.child.kill('SIGKILL')
  await worker.ended
  await setRedisBack(redis.url, 'clavis', HOUR_MS)
  await timed(t, 'set back: a statement taken', () => identify(api, third!, species.blue, acknowledged))
  await identify(api, second!, species.red, acknowledged)
  const fresh = await serve(env)
  const database = await openDatabase(postgres.url)
  await timed(t, 'all sound', () => assertSound(database, [api], fresh, acknowledged))
  await database.close()
  await now.close()
  assert.equal(await fresh.stop(), 0)
  assert.equal(await api.stop(), 0)
})

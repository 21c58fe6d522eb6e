// Places where the detector finds a stone again and again: listed with tiles, judged in one step that can be undone,
// and new photos join.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Undoable } from '../../../api/contract/action.ts'
import type { RepeatAnswer, Repeats } from '../../../api/contract/cohorts/repeats.ts'
import type { Detection } from '../../../api/contract/detection.ts'
import type { Bbox } from '../../../db/schema.ts'
import { addIndexed, addModels, animal } from '../../support/rows.ts'
import { openTestService, type TestService } from '../../support/service.ts'

const STONE: Bbox = [0.3, 0.4, 0.1, 0.1]
const BRANCH: Bbox = [0.7, 0.1, 0.1, 0.2]
let service: TestService
const ids = { stone: [] as string[], branch: [] as string[] }

const at = (hour: number) => {
  const time = new Date(Date.UTC(2026, 4, 1, hour)).toISOString()
  return { capturedAt: time.slice(0, 19).replace('T', ' ') }
}
const add = async (hour: number, boxes: Bbox[], deployment = 'Hill') => {
  const { detectionIds } = await addIndexed(
    service.db,
    { deployment, ...at(hour) },
    boxes.map((bbox) => animal({ bbox })),
  )
  return detectionIds.map(String)
}

before(async () => {
  service = await openTestService()
  await addModels(service.db)
  for (let hour = 0; hour < 30; hour += 2) {
    const nudge = (hour % 3) * 0.001
    const [stone, branch] = await add(hour, [[STONE[0] + nudge, STONE[1], STONE[2], STONE[3]], BRANCH])
    ids.stone.push(stone!)
    ids.branch.push(branch!)
    // The same place on another camera, too seldom.
    if (hour < 8) await add(hour, [STONE], 'Pond')
  }
  await service.learning.sync()
})
after(() => service.close())

const list = (query = '') => service.read<Repeats>(200, `/api/repeats${query}`)
const judge = (detectionIds: string[], verdict: 'nothing' | 'animal') =>
  service.read<RepeatAnswer>(201, '/api/repeats', { json: { detectionIds, verdict } })
const markOf = async (id: string) => (await service.read<Detection>(200, `/api/detections/${id}`)).mark
const undoLast = async () => {
  const { undo } = await service.read<Undoable>(200, '/api/actions/undoable')
  await service.read(200, `/api/actions/${undo!.id}/undo`, { method: 'POST' })
}

test('places are listed with their boxes and tiles; a camera can be chosen', async () => {
  const { items, places, boxes } = await list()
  assert.deepEqual([places, boxes], [2, 30])
  const stone = items.find(({ detectionIds }) => detectionIds.includes(ids.stone[0]!))!
  assert.deepEqual(stone.detectionIds, ids.stone)
  assert.deepEqual([stone.deployment, stone.photos, stone.days, stone.tiles.length], ['Hill', 15, 2, 15])
  assert.equal((await list('?deployment=Pond')).places, 0)
  assert.equal((await service.ask('/api/repeats?deployment=nowhere')).status, 404)
})

test('nothing: all but the rescued are marked in one step, new photos join, and undoing takes all back', async () => {
  const [rescued, ...rest] = ids.stone
  const { action } = await judge(rest, 'nothing')
  assert.equal(action?.summary, 'Marked 14 boxes at one place as no animal')
  assert.equal(await markOf(rest[0]!), 'notAnimal')
  assert.equal(await markOf(rescued!), null)
  assert.equal((await list()).places, 1)
  const [joined, beside] = await add(40, [STONE, [0.5, 0.4, 0.1, 0.1]])
  assert.equal(await markOf(joined!), 'notAnimal')
  assert.equal(await markOf(beside!), null)
  const [elsewhere] = await add(40, [STONE], 'Pond')
  assert.equal(await markOf(elsewhere!), null)
  await undoLast()
  assert.equal(await markOf(rest[0]!), null)
  assert.equal(await markOf(joined!), null)
  const [later] = await add(41, [STONE])
  assert.equal(await markOf(later!), null)
})

test('animal: nothing is marked, and the place is not asked about again until that is undone', async () => {
  const { action } = await judge(ids.branch, 'animal')
  assert.equal(action?.summary, 'Kept 15 boxes at one place as animals')
  assert.equal(await markOf(ids.branch[0]!), null)
  const asked = (await list()).items.flatMap(({ detectionIds }) => detectionIds)
  assert.ok(!asked.includes(ids.branch[0]!))
  await undoLast()
  assert.ok((await list()).items.flatMap(({ detectionIds }) => detectionIds).includes(ids.branch[0]!))
})

test('boxes of two cameras, or none that wait, are refused or change nothing', async () => {
  const [pond] = await add(50, [STONE], 'Pond')
  const { status } = await service.ask('/api/repeats', {
    json: { detectionIds: [ids.stone[0]!, pond!], verdict: 'nothing' },
  })
  assert.equal(status, 400)
  assert.ok((await judge([pond!], 'nothing')).action)
  assert.equal((await judge([pond!], 'nothing')).action, null)
})

// The history and undo: labels and suggestions are as they were, in every process, also after bulk actions and after
// changes by somebody else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Action, ActionAnswer, Undoable } from '../../../api/contract/action.ts'
import type { Detection } from '../../../api/contract/detection.ts'
import type { DetectionDetail } from '../../../api/contract/media.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { detectionOf, openServiceWith, suggestFor } from '../../support/service.ts'

const { service, taxa } = await openServiceWith(['Danaus plexippus', 'Aglais io'])
let seed = 500

const by = (person: string) => ({ headers: { 'Clavis-Person': person } })
const newDetection = async (colour: keyof typeof COLOURS, fields = {}): Promise<Detection> => {
  const [item] = await service.bring([await drawAnimal(COLOURS[colour], { seed: seed++ })], fields)
  return detectionOf(service, item)
}
const say = (person: string, detectionId: string, taxon: string) =>
  service.read<{ identification: { id: string } }>(201, '/api/identifications', {
    json: { detectionId, taxonId: taxa[taxon], basis: { kind: 'search' } },
    ...by(person),
  })
const undoable = (person: string) => service.read<Undoable>(200, '/api/actions/undoable', by(person))
const turn = (person: string, id: string, way: 'undo' | 'redo', status = 200) =>
  service.read<ActionAnswer>(status, `/api/actions/${id}/${way}`, { method: 'POST', ...by(person) })
const detail = (id: string) => service.read<DetectionDetail>(200, `/api/detections/${id}`)
const taught = async (id: string) => (await detail(id)).taxon?.name ?? null

test('undo gives labels and suggestions as they were, redo as they became, many steps and after a reload', async () => {
  const [one, two] = [await newDetection('red'), await newDetection('green')]
  const photo = await drawAnimal(COLOURS.red, { seed: 1 })
  const answers = [(await suggestFor(service, photo)).detections]
  await say('ann', one.id, 'Danaus plexippus')
  answers.push((await suggestFor(service, photo)).detections)
  await say('ann', two.id, 'Aglais io')
  answers.push((await suggestFor(service, photo)).detections)
  await say('ann', one.id, 'Aglais io')

  for (const [step, expected] of [answers[2], answers[1], answers[0]].entries()) {
    const { undo } = await undoable('ann')
    assert.ok(undo, `step ${step}`)
    const { action, learned } = await turn('ann', undo.id, 'undo')
    assert.equal(action.undoesId, undo.id)
    assert.ok(learned.before.length > 0)
    assert.deepEqual((await suggestFor(service, photo)).detections, expected, `undone ${step}`)
  }
  assert.equal(await taught(one.id), null)
  assert.equal((await undoable('ann')).undo, null)

  for (const expected of [answers[1], answers[2]]) {
    const { redo } = await undoable('ann')
    await turn('ann', redo!.id, 'redo')
    assert.deepEqual((await suggestFor(service, photo)).detections, expected)
  }
  await turn('ann', (await undoable('ann')).redo!.id, 'redo')
  assert.equal(await taught(one.id), 'Aglais io')
  assert.equal((await undoable('ann')).redo, null)
})

test('something new ends what could be redone', async () => {
  const detection = await newDetection('blue')
  await say('bob', detection.id, 'Aglais')
  const { undo } = await undoable('bob')
  await turn('bob', undo!.id, 'undo')
  assert.equal((await undoable('bob')).redo?.id, undo!.id)
  await say('bob', detection.id, 'Danaus')
  const now = await undoable('bob')
  assert.equal(now.redo, null)
  await turn('bob', now.undo!.id, 'undo')
  assert.equal((await undoable('bob')).redo?.id, now.undo!.id, 'of two undone ones the one that is not superseded')
})

test('an import that was corrected is back after undo, and replaced again after redo', async () => {
  const detection = await newDetection('cyan', { taxonId: taxa['Aglais io']! })
  await say('cleo', detection.id, 'Danaus plexippus')
  const { undo } = await undoable('cleo')
  await turn('cleo', undo!.id, 'undo')
  assert.equal(await taught(detection.id), 'Aglais io')
  await turn('cleo', undo!.id, 'redo')
  const now = await detail(detection.id)
  assert.equal(now.taxon?.name, 'Danaus plexippus')
  assert.deepEqual(
    now.identifications.map(({ withdrawnAt }) => withdrawnAt === null),
    [false, true],
  )
})

test('taking a statement back is an action too', async () => {
  const detection = await newDetection('yellow')
  const { identification } = await say('dan', detection.id, 'Danaus')
  await service.read(200, `/api/identifications/${identification.id}`, { method: 'DELETE', ...by('dan') })
  const { undo } = await undoable('dan')
  assert.equal(undo?.kind, 'withdraw')
  await turn('dan', undo.id, 'undo')
  assert.equal(await taught(detection.id), 'Danaus')
  await turn('dan', undo.id, 'redo')
  assert.equal(await taught(detection.id), null)
})

test('what somebody else has changed since is not undone, and the answer says who', async () => {
  const detection = await newDetection('magenta')
  await say('eve', detection.id, 'Danaus')
  const mine = (await undoable('eve')).undo!
  await say('fay', detection.id, 'Aglais')
  const theirs = (await undoable('fay')).undo!
  const response = await service.ask(`/api/actions/${mine.id}/undo`, { method: 'POST', ...by('eve') })
  assert.equal(response.status, 409)
  const problem = await response.json()
  assert.deepEqual(
    [problem.actionId, problem.person, problem.detectionIds],
    [theirs.id, 'fay', [detection.id]],
    JSON.stringify(problem),
  )
  await turn('fay', theirs.id, 'undo')
  await turn('eve', mine.id, 'undo')
  assert.equal(await taught(detection.id), null)
})

test('twice is refused, and so is undoing an undoing', async () => {
  const detection = await newDetection('red')
  await say('gus', detection.id, 'Danaus')
  const { undo } = await undoable('gus')
  assert.equal((await service.ask(`/api/actions/${undo!.id}/redo`, { method: 'POST' })).status, 409)
  const { action } = await turn('gus', undo!.id, 'undo')
  assert.equal((await service.ask(`/api/actions/${undo!.id}/undo`, { method: 'POST' })).status, 409)
  assert.equal((await service.ask(`/api/actions/${action.id}/undo`, { method: 'POST' })).status, 409)
  assert.equal((await service.ask('/api/actions/99999/undo', { method: 'POST' })).status, 404)
})

test('the history keeps every step, by page, by person and by detection', async () => {
  const detection = await newDetection('green')
  await say('hal', detection.id, 'Danaus')
  await turn('hal', (await undoable('hal')).undo!.id, 'undo')
  const all = (query: string) =>
    service.read<{ items: Action[]; nextCursor: string | null }>(200, `/api/actions${query}`)
  const { items } = await all('?person=hal')
  assert.deepEqual(
    items.map(({ summary, detectionIds, undone }) => [summary, detectionIds, undone]),
    [
      ['Undid: Identified an animal as Danaus', [detection.id], false],
      ['Identified an animal as Danaus', [detection.id], true],
    ],
  )
  assert.deepEqual((await all(`?detectionId=${detection.id}`)).items, items)
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await all(`?limit=3${cursor && `&cursor=${cursor}`}`)
    seen.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
  }
  assert.deepEqual(
    seen,
    [...new Set(seen)].sort((a, b) => Number(b) - Number(a)),
  )
  assert.ok(seen.length > 10)
})

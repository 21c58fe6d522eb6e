// Taxa over HTTP: made, found, edited with a preview, undone.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'drizzle-orm'
import type { Detection } from '../../../api/contract/detection.ts'
import type { DetectionDetail } from '../../../api/contract/media.ts'
import type { Answer } from '../../../api/contract/suggestion.ts'
import type { TaxonDetail } from '../../../api/contract/taxon.ts'
import type { Edit, EditResult, Knowledge, TaxonFull, TaxonNode, WireCommand } from '../../../api/contract/taxonomy.ts'
import type { TaxonomyReplay } from '../../../api/contract/taxonomy-import.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { detectionOf, makeTaxa, openTestService, suggestFor, type TestService } from '../../support/service.ts'

type Pages<T> = { items: T[]; nextCursor: string | null }

let service: TestService
let taxa: Record<string, string>
let seed = 500
const taught: Record<string, string[]> = {}
let photo: Uint8Array

before(async () => {
  service = await openTestService()
  taxa = await makeTaxa(service, ['Danaus plexippus', 'Aglais io', 'Aglais urticae'])
  for (const [colour, name] of [
    ['red', 'Danaus plexippus'],
    ['blue', 'Aglais io'],
    ['green', 'Aglais urticae'],
  ] as const) {
    taught[name] = []
    for (let i = 0; i < 4; i++) taught[name].push((await teach(colour, taxa[name]!)).id)
  }
  photo = await drawAnimal(COLOURS.blue, { seed: 9 })
})
after(() => service.close())

async function teach(colour: keyof typeof COLOURS, taxonId: string): Promise<Detection> {
  const [item] = await service.bring([await drawAnimal(COLOURS[colour], { seed: seed++ })])
  const detection = await detectionOf(service, item)
  await identify(detection.id, taxonId)
  return detection
}
const identify = (detectionId: string, taxonId: string) =>
  service.read(201, '/api/identifications', { json: { detectionId, taxonId, basis: { kind: 'search' } } })
const edit = (command: WireCommand, more: { why?: string; expected?: Record<string, number>; status?: number } = {}) =>
  service.read<EditResult>(more.status ?? 201, '/api/taxonomy/edits', {
    json: { command, why: more.why, expected: more.expected },
    headers: { 'Clavis-Person': 'Ada' },
  })
const tryOut = (command: WireCommand) =>
  service.read<EditResult>(200, '/api/taxonomy/edits?dryRun=true', { json: { command } })
const undo = (result: EditResult) =>
  service.read<EditResult>(201, `/api/taxonomy/edits/${result.edit?.id}/undo`, { method: 'POST' })
const full = (id: string | undefined) => service.read<TaxonFull>(200, `/api/taxa/${id}`)
const detail = (id: string | undefined) => service.read<DetectionDetail>(200, `/api/detections/${id}`)
const answers = async () => (await suggestFor(service, photo)).detections
const names = (answer: Answer['detections']) => answer[0]!.suggestions.map(({ taxon }) => taxon.name)
const log = (query = '') => service.read<Pages<Edit>>(200, `/api/taxonomy/edits${query}`)

test('a dry run says what a move will touch and changes nothing; the move does just that', async () => {
  const family = await edit({ kind: 'add', name: 'Pieridae', rank: 'family', parentId: taxa.Lepidoptera! })
  const pieridae = family.edit!.taxa[0]!.id
  const move: WireCommand = { kind: 'move', id: taxa.Aglais!, parentId: pieridae }
  const before = await answers()
  const log1 = await log()
  const tried = await tryOut(move)
  assert.equal(tried.edit, null)
  const { suggestions, ...touches } = tried.touches
  assert.deepEqual(touches, { photos: 8, identifications: 8, moved: 0, children: 2, taxa: 1 })
  assert.ok(suggestions!.looked >= 8)
  const item = suggestions!.items.find(({ detectionId }) => detectionId === taught['Aglais io']![0])
  assert.equal(item?.before?.taxon.path.at(-2)?.name, 'Nymphalidae')
  assert.equal(item?.after?.taxon.path.at(-2)?.name, 'Pieridae')
  assert.deepEqual(await answers(), before)
  assert.deepEqual(await log(), log1)
  assert.equal((await full(taxa.Aglais)).parentId, taxa.Nymphalidae)

  const done = await edit(move, { why: 'the wings' })
  assert.deepEqual({ ...done.touches, suggestions: null }, { ...touches, suggestions: null })
  assert.equal(done.edit?.summary, 'Moved Aglais below Pieridae')
  assert.equal(done.edit?.why, 'the wings')
  assert.equal(done.edit?.person, 'Ada')
  const path = (await answers())[0]!.path.map((step) => step.taxon.name)
  assert.deepEqual(path.slice(0, 3), ['Insecta', 'Lepidoptera', 'Pieridae'])
  await undo(done)
  assert.deepEqual(await answers(), before)
})

test('merged: photos, names and suggestions are the other’s, the old id leads there, and undo gives all back', async () => {
  const before = await answers()
  const command: WireCommand = { kind: 'merge', id: taxa['Aglais urticae']!, intoId: taxa['Aglais io']! }
  const tried = await tryOut(command)
  assert.equal(tried.touches.moved, 4)
  assert.ok(tried.touches.suggestions!.items.some(({ before, after }) => before?.taxon.id !== after?.taxon.id))
  assert.deepEqual(await answers(), before)
  const merged = await edit(command)
  assert.equal(merged.touches.taxa, 2)
  const old = await service.ask(`/api/taxa/${taxa['Aglais urticae']}`)
  assert.equal(old.status, 308)
  assert.equal(old.headers.get('location'), `/api/taxa/${taxa['Aglais io']}`)
  const into = await full(taxa['Aglais io'])
  assert.equal(into.exampleCount, 8)
  assert.equal(into.photoCount, 8)
  assert.deepEqual(
    into.names.map(({ kind, name }) => [kind, name]),
    [['synonym', 'Aglais urticae']],
  )
  assert.deepEqual(
    into.mergedFrom.map(({ name }) => name),
    ['Aglais urticae'],
  )
  const found = await service.read<Pages<TaxonDetail>>(200, '/api/taxa?q=urticae')
  assert.deepEqual(
    found.items.map(({ id, matched }) => [id, matched]),
    [[taxa['Aglais io'], 'Aglais urticae']],
  )
  // The old id leads to the new taxon.
  const late = await teach('green', taxa['Aglais urticae']!)
  assert.equal((await detail(late.id)).taxon?.id, taxa['Aglais io'])
  await service.read(200, `/api/identifications/${(await detail(late.id)).identifications[0]!.id}`, {
    method: 'DELETE',
  })
  assert.ok(!names(await answers()).includes('Aglais urticae'))

  const undone = await undo(merged)
  assert.equal(undone.edit?.undoes, merged.edit?.id)
  assert.deepEqual(await answers(), before)
  assert.equal((await full(taxa['Aglais urticae'])).exampleCount, 4)
  const twice = await service.ask(`/api/taxonomy/edits/${merged.edit?.id}/undo`, { method: 'POST' })
  assert.equal(twice.status, 409)
})

test('split: chosen examples become a taxon of their own', async () => {
  const chosen = taught['Danaus plexippus']!.slice(0, 2)
  const before = await answers()
  const into = {
    name: 'Danaus erippus',
    names: [{ kind: 'common' as const, language: 'en', name: 'Southern monarch', preferred: true }],
  }
  const split = await edit({ kind: 'split', id: taxa['Danaus plexippus']!, into, detectionIds: chosen })
  assert.deepEqual([split.touches.photos, split.touches.moved, split.touches.taxa], [2, 2, 1])
  assert.equal((await detail(chosen[0])).taxon?.name, 'Danaus erippus')
  assert.equal((await detail(taught['Danaus plexippus']![2])).taxon?.name, 'Danaus plexippus')
  const found = await service.read<Pages<TaxonDetail>>(200, '/api/taxa?q=southern')
  assert.equal(found.items[0]?.name, 'Danaus erippus')
  const strange = await service.ask('/api/taxonomy/edits', {
    json: {
      command: {
        kind: 'split',
        id: taxa['Danaus plexippus'],
        into: { name: 'X' },
        detectionIds: [taught['Aglais io']![0]],
      },
    },
  })
  assert.equal(strange.status, 409)
  await undo(split)
  assert.deepEqual(await answers(), before)
  assert.equal((await detail(chosen[0])).taxon?.name, 'Danaus plexippus')
})

test('inactive: neither it nor what is below is suggested, its examples do not compete, and active is as before', async () => {
  const before = await answers()
  assert.equal(names(before)[0], 'Aglais io')
  const off = await edit({ kind: 'deactivate', id: taxa.Aglais! })
  const resting = await answers()
  assert.deepEqual(names(resting), ['Danaus plexippus'])
  assert.ok(!resting[0]!.path.some(({ taxon }) => taxon.name.startsWith('Aglais')))
  const io = await full(taxa['Aglais io'])
  assert.deepEqual([io.active, io.inactiveAbove?.name], [true, 'Aglais'])
  const { items } = await service.read<Pages<TaxonDetail>>(200, '/api/taxa?active=false')
  assert.deepEqual(
    items.map(({ name }) => name),
    ['Aglais'],
  )
  await service.learning.publishNow()
  assert.deepEqual(names(await answers()), ['Danaus plexippus'], 'also in a new version of the tree')
  await edit({ kind: 'activate', id: taxa.Aglais! })
  assert.equal(names(await answers())[0], 'Aglais io')
  await undo(await edit({ kind: 'deactivate', id: taxa.Aglais! }))
  assert.equal(names(await answers())[0], 'Aglais io')
  assert.equal(off.edit?.kind, 'deactivate')
})

test('two editors: the second learns who changed what, and nothing is lost', async () => {
  const seen = await full(taxa.Danaus)
  await edit({ kind: 'rename', id: seen.id, name: 'Danaida' }, { expected: { [seen.id]: seen.revision } })
  const response = await service.ask('/api/taxonomy/edits', {
    json: { command: { kind: 'move', id: seen.id, parentId: null }, expected: { [seen.id]: seen.revision } },
  })
  assert.equal(response.status, 409)
  const problem = await response.json()
  assert.match(problem.detail, /Ada changed that in the meantime/)
  assert.equal(problem.changed[0].id, seen.id)
  assert.equal(problem.changed[0].edits[0].summary, 'Renamed Danaus to Danaida')
  const now = await full(seen.id)
  assert.deepEqual([now.name, now.parentId], ['Danaida', taxa.Nymphalidae])
  await edit({ kind: 'rename', id: seen.id, name: 'Danaus' }, { expected: { [seen.id]: now.revision } })
})

test('undo is refused where a later edit built on it, in a sentence', async () => {
  const first = await edit({ kind: 'rename', id: taxa.Danaus!, name: 'A' })
  const second = await edit({ kind: 'rename', id: taxa.Danaus!, name: 'B' })
  const refused = await service.ask(`/api/taxonomy/edits/${first.edit?.id}/undo`, { method: 'POST' })
  assert.equal(refused.status, 409)
  assert.match((await refused.json()).detail, /its name changed since: undo the later edit first/)
  await undo(second)
  await undo(first)
  assert.equal((await full(taxa.Danaus)).name, 'Danaus')
  const { items } = await log(`?taxon=${taxa.Danaus}&limit=4`)
  assert.deepEqual(
    items.map(({ kind, undoes, undoneBy }) => [kind, undoes !== null, undoneBy !== null]),
    [
      ['undo', true, false],
      ['undo', true, false],
      ['rename', false, true],
      ['rename', false, true],
    ],
  )
})

test('delete is refused where photos depend on it, or leads them elsewhere', async () => {
  const id = taxa['Danaus plexippus']!
  const refused = await service.ask('/api/taxonomy/edits', { json: { command: { kind: 'delete', id } } })
  assert.equal(refused.status, 409)
  assert.match((await refused.json()).detail, /4 do: say which taxon they should name instead/)
  const moved = await edit({ kind: 'delete', id, moveTo: taxa.Danaus! })
  assert.equal((await detail(taught['Danaus plexippus']![0])).taxon?.name, 'Danaus')
  assert.deepEqual((await full(taxa.Danaus)).names, [], 'a deleted name is no synonym')
  await undo(moved)
  assert.equal((await detail(taught['Danaus plexippus']![0])).taxon?.name, 'Danaus plexippus')
})

test('the short ways are edits too, with who did it', async () => {
  const headers = { 'Clavis-Person': 'Bob' }
  const made = await service.read<TaxonDetail>(201, '/api/taxa', {
    json: { name: 'Vanessa', rank: 'genus', parentId: taxa.Nymphalidae, commonName: 'ladies' },
    headers,
  })
  await service.read(200, `/api/taxa/${made.id}`, { method: 'PATCH', json: { commonName: 'painted ladies' }, headers })
  await service.read(204, `/api/taxa/${made.id}`, { method: 'DELETE', headers })
  const { items } = await log(`?taxon=${made.id}`)
  assert.deepEqual(
    items.map(({ kind, person, summary }) => [kind, person, summary]),
    [
      ['delete', 'Bob', 'Deleted Vanessa'],
      ['setNames', 'Bob', 'Set the names of a deleted taxon: painted ladies'],
      ['add', 'Bob', 'Added genus Vanessa below Nymphalidae'],
    ],
  )
  await undo({ ...(await tryOut({ kind: 'rename', id: taxa.Danaus!, name: 'x' })), edit: items[0]! })
  const again = await full(made.id)
  assert.deepEqual([again.name, again.commonName], ['Vanessa', 'painted ladies'])
})

test('children for a tree, and what a classifier knows', async () => {
  const top = await service.read<Pages<TaxonNode>>(200, '/api/taxonomy/children?parent=none')
  assert.deepEqual(
    top.items.map(({ name, childCount, exampleCount }) => [name, childCount, exampleCount]),
    [['Insecta', 1, 12]],
  )
  const genera = await service.read<Pages<TaxonNode>>(200, `/api/taxonomy/children?parent=${taxa.Nymphalidae}`)
  assert.deepEqual(
    genera.items.map(({ name }) => name),
    ['Aglais', 'Danaus', 'Vanessa'],
  )
  const known = await service.read<Knowledge>(200, `/api/taxa/${taxa['Aglais io']}/knowledge`)
  assert.deepEqual([known.examples, known.looked, known.right, known.accuracy], [4, 4, 4, 1])
  assert.deepEqual(known.taughtBy, [{ person: 'local', examples: 4 }])
  const shown = [...known.best, ...known.doubtful.toReversed()].map(({ probability }) => probability)
  assert.equal(shown.length, 4)
  assert.deepEqual(
    shown,
    shown.toSorted((a, b) => b - a),
  )
  assert.ok(shown.every((probability) => probability > 0))
  assert.equal((await service.ask('/api/taxa/9999/knowledge')).status, 404)
})

test('the log replayed into an empty taxonomy is equal; what was changed past it is named', async () => {
  const replayed = () => service.read<TaxonomyReplay>(200, '/api/taxonomy/replay', { method: 'POST' })
  const whole = await replayed()
  assert.equal(whole.equal, true)
  assert.ok(whole.edits > 0 && whole.taxa > 0)
  const { db } = service
  await db.execute(sql`update taxon set needs_placing = not needs_placing where id = ${taxa.Lepidoptera}`)
  const { equal, differing, differences } = await replayed()
  assert.deepEqual([equal, differing], [false, 1])
  assert.deepEqual(differences, [{ taxon: taxa.Lepidoptera, name: 'Lepidoptera', fields: ['needsPlacing'] }])
  await db.execute(sql`update taxon set needs_placing = not needs_placing where id = ${taxa.Lepidoptera}`)
  const [{ id = '' } = {}] = (await log('?limit=1')).items
  await db.execute(sql`update taxonomy_edit set command = '{"kind":"merge","id":1,"intoId":999999}' where id = ${id}`)
  assert.deepEqual((await replayed()).refused, {
    edit: id,
    message: 'Expected taxon 999999 to exist, but there is none',
  })
})

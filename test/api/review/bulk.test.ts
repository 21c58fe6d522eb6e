// Many animals at once: named as one action, which one undo reverts, and which of them do not belong.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import type { Undoable } from '../../../api/contract/action.ts'
import type { BulkAnswer, BulkPreview } from '../../../api/contract/bulk.ts'
import type { DoubtedLabels, LabelsAnswer } from '../../../api/contract/cohorts/labels.ts'
import type { UnknownAnswer, UnknownCards } from '../../../api/contract/cohorts/unknowns.ts'
import type { Detection } from '../../../api/contract/detection.ts'
import type { AcceptAnswer, ImportState } from '../../../api/contract/exchange/accept.ts'
import type { Import } from '../../../api/contract/exchange/import.ts'
import type { DetectionDetail } from '../../../api/contract/media.ts'
import { putAppraisals } from '../../../db/insight/appraisals.ts'
import { putUnknownCards } from '../../../db/statements/unknown-cards.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { detectionOf, openServiceWith } from '../../support/service.ts'

const { service, taxa } = await openServiceWith(['Danaus plexippus', 'Aglais io'])
let seed = 900

const bring = async (colours: (keyof typeof COLOURS)[], fields = {}): Promise<Detection[]> => {
  const photos = await Promise.all(colours.map((colour) => drawAnimal(COLOURS[colour], { seed: seed++ })))
  const items = await service.bring(photos, fields)
  return await Promise.all(items.map((item) => detectionOf(service, item)))
}
const bulk = (detectionIds: string[], taxon: string, headers: Record<string, string> = {}) =>
  service.read<BulkAnswer>(201, '/api/identifications/bulk', {
    json: { detectionIds, taxonId: taxa[taxon], basis: { kind: 'bulk' } },
    headers,
  })
const taught = async (id: string) =>
  (await service.read<DetectionDetail>(200, `/api/detections/${id}`)).taxon?.name ?? null
/** Photos are indexed side by side: so the ids of their animals are in any order. */
const byNumber = (ids: string[]) => [...ids].sort((a, b) => Number(a) - Number(b))
const undoable = () => service.read<Undoable>(200, '/api/actions/undoable')

test('many are one action: named, learned, undone and done again together', async () => {
  const fresh = await bring(['red', 'red', 'red'])
  const imported = await bring(['red', 'red'], { taxonId: taxa['Aglais io']! })
  const ids = [...fresh, ...imported].map(({ id }) => id)
  const first = await bulk([fresh[0]!.id], 'Danaus plexippus')
  assert.deepEqual(first.identified, [fresh[0]!.id])

  const said = await bulk([...ids, '999999'], 'Danaus plexippus')
  assert.deepEqual(said.unchanged, [fresh[0]!.id])
  assert.deepEqual(byNumber(said.identified), byNumber(ids.slice(1)))
  assert.deepEqual(
    said.failures.map(({ detectionId }) => detectionId),
    ['999999'],
  )
  assert.equal(said.action?.summary, 'Identified 4 animals as Danaus plexippus')
  assert.ok(said.learned.after.length === 5)
  for (const id of ids) assert.equal(await taught(id), 'Danaus plexippus')

  const { undo } = await undoable()
  assert.equal(undo?.id, said.action?.id)
  await service.read(200, `/api/actions/${undo!.id}/undo`, { method: 'POST' })
  assert.deepEqual(await Promise.all(ids.map(taught)), ['Danaus plexippus', null, null, 'Aglais io', 'Aglais io'])
  await service.read(200, `/api/actions/${undo!.id}/redo`, { method: 'POST' })
  for (const id of ids) assert.equal(await taught(id), 'Danaus plexippus')
})

test('what everybody has said before changes nothing and is no action', async () => {
  const [one] = await bring(['green'])
  await bulk([one!.id], 'Aglais io')
  const { undo } = await undoable()
  const again = await bulk([one!.id, one!.id], 'Aglais io')
  assert.deepEqual([again.action, again.identified, again.unchanged], [null, [], [one!.id]])
  assert.equal((await undoable()).undo?.id, undo?.id)
})

test('a repeated key is one action', async () => {
  const detections = await bring(['blue', 'blue'])
  const ids = detections.map(({ id }) => id)
  const headers = { 'Idempotency-Key': 'bulk-1' }
  const [first, second] = await Promise.all([bulk(ids, 'Aglais io', headers), bulk(ids, 'Aglais io', headers)])
  assert.deepEqual(first, second)
})

test('a taxon that is not there is refused as a whole', async () => {
  const [one] = await bring(['cyan'])
  const json = { detectionIds: [one!.id], taxonId: '999999', basis: { kind: 'bulk' } }
  assert.equal((await service.ask('/api/identifications/bulk', { json })).status, 404)
  assert.equal(await taught(one!.id), null)
})

test('the preview groups by suggestion and names the odd ones out', async () => {
  const known = await bring(['yellow', 'yellow', 'yellow', 'magenta', 'magenta', 'magenta'])
  await bulk(
    known.slice(0, 3).map(({ id }) => id),
    'Danaus plexippus',
  )
  await bulk(
    known.slice(3).map(({ id }) => id),
    'Aglais io',
  )
  const open = await bring(['yellow', 'yellow', 'yellow', 'yellow', 'yellow', 'magenta'])
  const ids = open.map(({ id }) => id)
  const preview = (body: object) => service.read<BulkPreview>(200, '/api/identifications/bulk/preview', { json: body })
  // Summaries are written in the background: wait until each has one of the present tree.
  for (;;) {
    const { treeVersion } = await service.read<{ treeVersion: string }>(200, '/api/summary')
    const details = await Promise.all(ids.map((id) => service.read<DetectionDetail>(200, `/api/detections/${id}`)))
    if (details.every(({ suggestion }) => suggestion?.treeVersion === treeVersion)) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { taxon, groups, odd } = await preview({ detectionIds: [...ids, known[3]!.id] })
  assert.equal(taxon?.name, 'Danaus plexippus')
  assert.deepEqual(
    groups.map((group) => [group.taxon?.name, group.detectionIds]),
    [
      ['Danaus plexippus', byNumber(ids.slice(0, 5))],
      ['Aglais io', byNumber([known[3]!.id, ids[5]!])],
    ],
  )
  assert.deepEqual(
    new Map(odd.map(({ detectionId, reason }) => [detectionId, reason])),
    new Map([
      [known[3]!.id, 'alreadyIdentified'],
      [ids[5]!, 'otherSuggestion'],
    ]),
  )
  const other = await preview({ detectionIds: ids, taxonId: taxa['Aglais io'] })
  assert.deepEqual(byNumber(other.odd.map(({ detectionId }) => detectionId)), byNumber(ids.slice(0, 5)))
})

test('doubted labels are corrected or kept as one step, and what is kept is not asked again', async () => {
  // Nothing is worked out in the background while an import is open.
  await service.read(201, '/api/imports', { json: { name: 'stays open' } })
  const label = { name: 'Aglais milberti', rank: 'species', parentId: taxa.Aglais }
  const { id: labelId } = await service.read<{ id: string }>(201, '/api/taxa', { json: label })
  const own = await bring(['red', 'red', 'red', 'red'], { taxonId: labelId })
  const ids = own.map(({ id }) => id)
  const none = { duplicateId: null, duplicateDiffers: false, uniqueness: 0.1, representativeness: 0.2, hardness: 0.3 }
  const doubted = {
    labelId: Number(labelId),
    rivalId: Number(taxa['Danaus plexippus']),
    wrongLevel: 20,
    nodeDoubt: 1,
  }
  await putAppraisals(
    service.db,
    1,
    ids.map((id, i) => ({ ...none, ...doubted, detectionId: Number(id), doubt: 4 - i })),
  )
  const list = (more = '') => service.read<DoubtedLabels>(200, `/api/labels/doubted?taxon=${labelId}${more}`)
  const [cohort, ...others] = (await list()).cohorts
  assert.equal(others.length, 0)
  assert.deepEqual(
    [cohort?.label.name, cohort?.rival.name, cohort?.animals],
    ['Aglais milberti', 'Danaus plexippus', 4],
  )
  assert.deepEqual(
    cohort?.tiles.map(({ id }) => id),
    ids,
  )
  assert.equal(cohort?.tiles[0]?.appraisal?.rival?.name, 'Danaus plexippus')
  assert.equal((await list('&rank=family')).doubted, 0)
  assert.equal((await list('&rank=genus')).doubted, 4)

  const kept = await service.read<LabelsAnswer>(201, '/api/labels/kept', { json: { detectionIds: [ids[0]] } })
  assert.equal(kept.action?.summary, 'Said that a label is right')
  assert.equal((await list()).doubted, 3)
  const again = await service.read<LabelsAnswer>(201, '/api/labels/kept', { json: { detectionIds: [ids[0]] } })
  assert.deepEqual([again.action, again.changed], [null, []])

  const said = await service.read<LabelsAnswer>(201, '/api/labels', {
    json: { detectionIds: ids.slice(1), taxonId: taxa['Danaus plexippus'] },
  })
  assert.deepEqual(byNumber(said.changed), byNumber(ids.slice(1)))
  assert.deepEqual(await Promise.all(ids.map(taught)), [
    'Aglais milberti',
    ...ids.slice(1).map(() => 'Danaus plexippus'),
  ])
  assert.equal((await list()).doubted, 0)
  await service.read(200, `/api/actions/${said.action!.id}/undo`, { method: 'POST' })
  assert.equal((await list()).doubted, 3)
  await service.read(200, `/api/actions/${kept.action!.id}/undo`, { method: 'POST' })
  assert.equal((await list()).doubted, 4)
  await service.read(200, `/api/actions/${kept.action!.id}/redo`, { method: 'POST' })
  assert.equal((await list()).doubted, 3)
})

test('a card of unknown animals is split, joined, dismissed and named, and each is undone', async () => {
  const ids = (await bring(['magenta', 'cyan', 'blue', 'yellow'])).map(({ id }) => id)
  const facts = { nearestId: Number(taxa['Aglais io']), nearestSimilarity: 0.4, cameraPurity: null, lookPurity: 0.9 }
  const underId = Number(taxa.Nymphalidae)
  const members = ids.map((id, i) => ({ id: Number(id), similarity: 0.9 - i / 10 }))
  await putUnknownCards(service.db, service.models.embedder.sha256, [{ ...facts, id: null, underId, members }])
  const list = async () => (await service.read<UnknownCards>(200, '/api/unknowns')).cards
  const act = (id: string, what: string, json: object) =>
    service.read<UnknownAnswer>(201, `/api/unknowns/${id}/${what}`, { json })
  const undo = (answer: UnknownAnswer, which = 'undo') =>
    service.read(200, `/api/actions/${answer.action!.id}/${which}`, { method: 'POST' })
  const sizes = async () => (await list()).map(({ animals }) => animals)
  const [card] = await list()
  assert.equal(card?.code, 'Nymphalidae sp. 1')
  assert.deepEqual(
    card.tiles.map(({ id }) => id),
    ids,
  )
  assert.equal(card.nearest?.taxon.name, 'Aglais io')

  const split = await act(card.id, 'split', { detectionIds: [ids[3]] })
  assert.deepEqual(await sizes(), [3, 1])
  await undo(split)
  assert.deepEqual(await sizes(), [4])
  await undo(split, 'redo')
  const [first, second] = await list()
  const joined = await act(second!.id, 'join', { intoId: first!.id })
  assert.deepEqual(await sizes(), [4])
  await undo(joined)
  assert.deepEqual(await sizes(), [3, 1])
  await act(second!.id, 'dismiss', {})
  assert.deepEqual(await sizes(), [3])

  const named = await act(first!.id, 'name', { leaveOut: [ids[2]] })
  assert.deepEqual([named.taxon?.name, named.taxon?.path.at(-1)?.name], ['Nymphalidae sp. 1', 'Nymphalidae'])
  assert.deepEqual(await Promise.all(ids.map(taught)), ['Nymphalidae sp. 1', 'Nymphalidae sp. 1', null, null])
  assert.deepEqual(await sizes(), [])
  await undo(named)
  assert.deepEqual(await Promise.all(ids.map(taught)), [null, null, null, null])
  assert.deepEqual(
    (await list()).map(({ code, animals }) => [code, animals]),
    [['Nymphalidae sp. 2', 3]],
  )
  await undo(named, 'redo')
  assert.equal(await taught(ids[0]!), 'Nymphalidae sp. 1')

  await undo(named)
  const again = await act(first!.id, 'name', { name: 'Nymphalidae sp. 1' })
  assert.equal(again.taxon?.id, named.taxon?.id, 'the taxon that undoing left behind')
  await undo(again)
  const known = await act(first!.id, 'name', { name: 'Aglais io' })
  assert.equal(known.taxon?.id, String(taxa['Aglais io']))
  await undo(known)
  const { active } = await service.read<{ active: boolean }>(200, `/api/taxa/${taxa['Aglais io']}`)
  assert.ok(active, 'a taxon that was there before stays')
})

test('the sure animals of an import are accepted at their own suggestions, and undone together', async () => {
  const opened = await service.read<{ id: string }>(201, '/api/imports', { json: { name: 'card 7', total: 5 } })
  const before = await drawAnimal(COLOURS.red, { seed: 70 })
  await service.bring([before])
  const animals = await bring(['red', 'red', 'green', 'green'], { importId: opened.id })
  await service.bring([before], { importId: opened.id })
  const [first, second, third, unsure] = animals.map(({ id }) => id)
  const suggest = (id: string | undefined, taxon: string, probability: number) =>
    service.db.execute(sql`
      insert into suggestion (detection_id, taxon_id, probability, stop_taxon_id, novelty, disagreement, suspect, likeness,
        tree_version)
      values (${Number(id)}, ${Number(taxa[taxon])}, ${probability}, ${Number(taxa[taxon])}, 0, 0, false, 0, '1.0')
      on conflict (detection_id) do update set taxon_id = excluded.taxon_id, probability = excluded.probability,
        stop_taxon_id = excluded.stop_taxon_id`)
  const state = () => service.read<ImportState>(200, `/api/imports/${opened.id}/state?limit=0.9`)
  const suggestAll = async () => {
    await suggest(first, 'Danaus plexippus', 0.95)
    await suggest(second, 'Danaus plexippus', 0.92)
    await suggest(third, 'Aglais io', 0.97)
    await suggest(unsure, 'Aglais io', 0.6)
  }
  await suggestAll()
  const now = await state()
  assert.deepEqual([now.waiting, now.sure, now.identified, now.withoutBox], [4, 3, 0, 0])
  assert.ok(Math.abs(now.expectedWrong - 0.16) < 1e-6)
  assert.deepEqual(byNumber(now.sample.map(({ id }) => id)), byNumber([first!, second!, third!]))
  // The photo that was here before counts as known, and stays with nobody's import.
  const { known, indexed } = await service.read<Import>(200, `/api/imports/${opened.id}`)
  assert.deepEqual([known, indexed], [1, 4])

  const said = await service.read<AcceptAnswer>(201, `/api/imports/${opened.id}/accept`, {
    json: { limit: 0.9, but: [second] },
  })
  assert.equal(said.identified, 2)
  assert.equal(said.action?.summary, 'Identified 2 animals of card 7 at their own suggestions, from 90 % on')
  const names = () => Promise.all(animals.map(({ id }) => taught(id)))
  assert.deepEqual(await names(), ['Danaus plexippus', null, 'Aglais io', null])
  await service.read(200, `/api/actions/${said.action!.id}/undo`, { method: 'POST' })
  assert.deepEqual(await names(), [null, null, null, null])
  const none = await service.read<AcceptAnswer>(201, `/api/imports/${opened.id}/accept`, { json: { limit: 1 } })
  assert.deepEqual([none.action, none.identified], [null, 0])
  await service.read(404, '/api/imports/99999/state')

  // Of the animals with a summary, those that look like the first come first, whether somebody named them or not.
  const alike = await service.read<{ items: { detection: Detection; similarity: number }[] }>(
    200,
    `/api/detections/${first}/alike`,
  )
  const places = [second, third].map((id) => alike.items.findIndex(({ detection }) => detection.id === id))
  assert.ok(places[0]! >= 0 && places[0]! < places[1]!, `${places}`)
  assert.ok(!alike.items.some(({ detection }) => detection.id === first))
})

// Exported tables: complete, and a library that another installation can import.

import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { createImportClient } from '../../../api/commands/import/client.ts'
import { planImport } from '../../../api/commands/import/plan.ts'
import { runImport } from '../../../api/commands/import/run.ts'
import type { Media } from '../../../api/contract/media.ts'
import { COLOURS, drawAnimal, drawPhoto } from '../../support/photos.ts'
import { openTestService, type TestService } from '../../support/service.ts'

let first: TestService
let second: TestService
before(async () => {
  first = await openTestService()
  second = await openTestService()
})
after(async () => {
  await first.close()
  await second.close()
})

const clientOf = (service: TestService) =>
  createImportClient(async (path, init) => await service.app.request(path, init))
const table = async (service: TestService, prefix = '') => {
  const response = await service.ask(`/api/export.csv?prefix=${encodeURIComponent(prefix)}`)
  assert.match(response.headers.get('content-type') ?? '', /^text\/csv/)
  const text = await response.text()
  return { text, rows: parse(text, { columns: true }) as Record<string, string>[] }
}
const quiet = { update() {}, stop() {} }

test('an empty installation is a header', async () => {
  const { text, rows } = await table(first)
  assert.equal(rows.length, 0)
  const importable = 'path class order family genus species commonName group deployment split bboxes'
  for (const column of importable.split(' ')) assert.ok(text.split('\n')[0]!.split(',').includes(column), column)
})

test('what is exported and imported elsewhere teaches the same', async () => {
  const photos = [
    await drawAnimal(COLOURS.red, { seed: 1 }),
    await drawAnimal(COLOURS.blue, { seed: 2 }),
    await drawPhoto([{ cell: [0, 0], colour: COLOURS.white }], { seed: 3 }),
    await drawAnimal(COLOURS.green, { seed: 4 }),
  ]
  const monarch = {
    class: 'Insecta',
    order: 'Lepidoptera',
    family: 'Nymphalidae',
    genus: 'Danaus',
    species: 'Danaus plexippus',
    commonName: 'monarch, the "great"',
  }
  const facts = [
    {
      ...monarch,
      path: 'a.jpg',
      deployment: 'cam01',
      boxes: [
        [0.1, 0.2, 0.3, 0.4],
        [0.5, 0.5, 0.25, 0.25],
      ],
    },
    { class: 'Insecta', genus: 'Aglais', path: 'b, with comma.jpg', group: 'individual 7' },
    { path: 'person.jpg' },
    { path: 'nobody knows.jpg' },
  ]
  await first.bring(photos, { facts: JSON.stringify(facts) })

  const { rows } = await table(first, '../first/')
  assert.equal(rows.length, 5)
  const [one, two, genus] = rows.sort((a, b) => `${a.filename} ${a.bboxes}`.localeCompare(`${b.filename} ${b.bboxes}`))
  assert.match(one!.path!, /^\.\.\/first\/photos\//)
  assert.deepEqual(
    [one!.species, one!.commonName, one!.rank, one!.person],
    ['Danaus plexippus', 'monarch, the "great"', 'species', 'import:local'],
  )
  assert.deepEqual(
    [one!.bboxes, two!.bboxes],
    ['0.100000 0.200000 0.300000 0.400000', '0.500000 0.500000 0.250000 0.250000'],
  )
  assert.deepEqual(
    [genus!.genus, genus!.species, genus!.rank, genus!.group, genus!.filename],
    ['Aglais', '', 'genus', 'individual 7', 'b, with comma.jpg'],
  )
  assert.ok(rows.every((row) => row.split === 'train' || row.split === 'test'))

  const out = join(first.folder, 'tables')
  await mkdir(out)
  const file = join(out, 'export.csv')
  await writeFile(file, (await table(first, '../')).text)
  const client = clientOf(second)
  const plan = await planImport(file, {
    labelling: 'guess',
    ignoreBoxes: false,
    // The exported table names the photos of another installation's data folder.
    outside: true,
    splits: [],
    factsOfFolders: client.factsOfFolders,
  })
  assert.deepEqual(plan.missing, [])
  assert.equal(plan.notes.filter((note) => note.startsWith('Ignored')).length, 0)
  const result = await runImport(client, plan, quiet, new AbortController().signal)
  assert.deepEqual([result.indexed, [...result.failures], result.interrupted], [4, [], false])

  const columns = (rows: Record<string, string>[]) =>
    rows
      .map(({ sha256, species, genus, commonName, bboxes, deployment, group, kind }) => ({
        sha256,
        species,
        genus,
        commonName,
        bboxes,
        deployment,
        group,
        kind,
      }))
      .sort((a, b) => `${a.sha256} ${a.bboxes}`.localeCompare(`${b.sha256} ${b.bboxes}`))
  assert.deepEqual(columns((await table(second)).rows), columns(rows))
  await rm(out, { recursive: true })
})

test('an import run again reads nothing anew, and labels that came later are taken', async () => {
  const folder = join(second.folder, 'more')
  await mkdir(join(folder, 'cam09'), { recursive: true })
  for (const seed of [20, 21, 22])
    await writeFile(join(folder, 'cam09', `${seed}.jpg`), await drawAnimal(COLOURS.yellow, { seed }))
  await writeFile(join(folder, 'cam09', 'broken.jpg'), 'not a photo')
  await writeFile(join(folder, 'cam09', 'cut.jpg'), (await drawAnimal(COLOURS.yellow, { seed: 23 })).subarray(0, 300))
  const client = clientOf(second)
  const options = { labelling: 'guess' as const, ignoreBoxes: false, splits: [], factsOfFolders: client.factsOfFolders }
  const run = async () => runImport(client, await planImport(folder, options), quiet, new AbortController().signal)
  const once = await run()
  assert.deepEqual([once.indexed, once.known], [3, 0])
  assert.deepEqual([...once.failures].map((failure) => failure.path).sort(), ['cam09/broken.jpg', 'cam09/cut.jpg'])
  const twice = await run()
  assert.deepEqual([twice.indexed, twice.known], [3, 4], 'only what is no photo at all is read again')
  assert.deepEqual([...twice.failures].map((failure) => failure.path).sort(), ['cam09/broken.jpg', 'cam09/cut.jpg'])
  const { items } = await second.read<{ items: Media[] }>(200, '/api/media?limit=4')
  assert.ok(items.every((media) => media.deployment === 'cam09'))
  await rm(folder, { recursive: true })
})

test('an interrupted import says so and the next one does the rest', async () => {
  const folder = join(second.folder, 'interrupted')
  await mkdir(folder)
  for (let seed = 30; seed < 90; seed++)
    await writeFile(join(folder, `${seed}.jpg`), await drawAnimal(COLOURS.cyan, { seed }))
  const client = clientOf(second)
  const options = { labelling: 'guess' as const, ignoreBoxes: false, splits: [], factsOfFolders: client.factsOfFolders }
  const plan = await planImport(folder, options)
  const controller = new AbortController()
  const stopping = {
    ...client,
    upload: async (...args: Parameters<typeof client.upload>) => {
      const items = await client.upload(...args)
      controller.abort()
      return items
    },
  }
  const broken = await runImport(stopping, plan, quiet, controller.signal)
  assert.equal(broken.interrupted, true)
  const rest = await runImport(client, plan, quiet, new AbortController().signal)
  assert.deepEqual([rest.indexed, rest.interrupted, rest.waiting], [60, false, 0])
  assert.ok(rest.known >= 24 && rest.known < 60)
  await rm(folder, { recursive: true })
})

test('own columns, their templates, and a photo marked empty, which nobody calls a species', async () => {
  const [photo] = (await table(first)).rows
  await first.read(201, '/api/marks', { json: { detectionIds: [photo!.detectionId], mark: 'empty' } })
  await first.read(200, `/api/media/${photo!.mediaId}`, { method: 'PATCH', json: { notes: '=sunny', favourite: true } })
  const own = 'mediaId=Photo,photoMark=Marked,suggestedSpecies=Guess,notes,flagged'
  const answer = await first.ask(`/api/export.csv?${new URLSearchParams({ columns: own })}`)
  const [header, ...rows] = parse(await answer.text()) as string[][]
  assert.deepEqual(header, ['Photo', 'Marked', 'Guess', 'notes', 'flagged'])
  const marked = rows.find(([id]) => id === photo!.mediaId)
  assert.deepEqual(marked?.slice(1), ['empty', '', "'=sunny", 'true'])

  await first.read(400, `/api/export.csv?columns=${encodeURIComponent('specie=Taxon')}`)
  await first.read(400, `/api/export.csv?columns=${encodeURIComponent('species=A,genus=A')}`)
  const template = { name: 'Report', columns: own }
  await first.read(200, '/api/export/templates', { method: 'PUT', json: { items: [template] } })
  const saved = await first.read<{ items: unknown[]; fields: string[] }>(200, '/api/export/templates')
  assert.deepEqual(saved.items, [template])
  assert.ok(saved.fields.includes('photoMark'))
  await first.read(400, '/api/export/templates', { method: 'PUT', json: { items: [{ ...template, columns: 'no' }] } })
})

test('a lab’s own table with all that people said is read back equal, cells that look like formulas included', async () => {
  const columns =
    'path=Photo,bboxes=Box,species=Taxon,count=Number,sex,lifeStage,behaviour=Doing,individual=Who,Coat=Fur,Ticks,mark,photoMark,notes,flagged'
  const items = [
    { name: 'Coat', kind: 'text' },
    { name: 'Ticks', kind: 'number' },
  ]
  for (const service of [first, second]) {
    await service.read(200, '/api/observations/fields', { method: 'PUT', json: { items, revision: 0 } })
    await service.read(200, '/api/export/templates', { method: 'PUT', json: { items: [{ name: 'Lab', columns }] } })
  }
  const monarch = { class: 'Insecta', genus: 'Danaus', species: 'Danaus plexippus' }
  const boxes = [
    [0.1, 0.2, 0.3, 0.4],
    [0.5, 0.5, 0.25, 0.25],
  ]
  const photos = [await drawAnimal(COLOURS.red, { seed: 41 }), await drawAnimal(COLOURS.cyan, { seed: 42 })]
  const facts = JSON.stringify([{ ...monarch, boxes }, { boxes: boxes.slice(1) }])
  const brought = await first.bring(photos, { facts, deployment: 'lab' })
  const [two, one] = await Promise.all(brought.map(({ id }) => first.read<Media>(200, `/api/media/${id}`)))
  const [seen, refuted] = two!.detections.map(({ id }) => id)
  const json = { count: 3, sex: 'female', lifeStage: 'juvenile', behaviour: '=drinking', individual: '-F7' }
  await first.read(201, '/api/observations', { json: { ...json, detectionIds: [seen], own: { 1: '+red', 2: 4 } } })
  await first.read(201, '/api/marks', { json: { detectionIds: [refuted], mark: 'notAnimal' } })
  await first.read(201, '/api/marks', { json: { detectionIds: [one!.detections[0]!.id], mark: 'unusable' } })
  await first.read(200, `/api/media/${one!.id}`, { method: 'PATCH', json: { notes: '@dusk', favourite: true } })

  const exported = async (service: TestService) => {
    const query = new URLSearchParams({ columns, prefix: '../', deployment: 'lab' })
    return await (await service.ask(`/api/export.csv?${query}`)).text()
  }
  const out = join(first.folder, 'lab')
  await mkdir(out)
  const file = join(out, 'lab.csv')
  const text = await exported(first)
  assert.match(text, /^Photo,Box,Taxon,Number,/)
  assert.match(text, /'=drinking,'-F7,'\+red,4/)
  await writeFile(file, text)
  const client = clientOf(second)
  const templates = await client.templates()
  const options = { labelling: 'guess' as const, ignoreBoxes: false, outside: true, splits: [], templates }
  const plan = await planImport(file, { ...options, factsOfFolders: client.factsOfFolders })
  assert.deepEqual([plan.missing, plan.notes, [...(plan.leftOut ?? [])]], [[], [], []])
  await runImport(client, plan, quiet, new AbortController().signal)
  const rows = (csv: string) => csv.split('\n').slice(1).sort()
  const back = await (await second.ask(`/api/export.csv?${new URLSearchParams({ columns, prefix: '../' })}`)).text()
  for (const row of rows(text)) assert.ok(rows(back).includes(row), `${row} is not in\n${back}`)
  await rm(out, { recursive: true })
})

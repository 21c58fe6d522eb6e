// Adding photos in real Chromium: a zip into an empty installation, up to the first suggestion, with broken photos in
// it; a phone's camera; setting photos without an animal aside and bringing them back. Saves screenshots.

import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, test } from 'node:test'
import { BlobReader, BlobWriter, ZipWriter } from '@zip.js/zip.js'
import { sql } from 'drizzle-orm'
import type { QueueCount } from '../../api/contract/queue.ts'
import { openDatabase } from '../../db/connection/connect.ts'
import { main as makeBigDatabase } from '../bench/big-database.ts'
import { shared, without } from '../support/shared.ts'
import { seriousFindings, shoot, visit } from './support/browser.ts'
import { gatherPictures, type Pictures } from './support/pictures.ts'
import { startService } from './support/service.ts'
import { assertFits, DARK, DARK_PHONE, DESKTOP, openWalk, PHONE, skip } from './support/walk.ts'

const IMPORT_MS = 180_000

let pictures: Pictures
let folder: string
let zip: { file: string; photos: number; species: number }
const walk = openWalk({
  fill: async () => {
    folder = await mkdtemp(join(tmpdir(), 'clavis-bring-'))
    pictures = await gatherPictures()
    zip = await zipUp(pictures)
  },
})
after(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

/**
 * Three species with three kinds of trouble: bytes that are no photo, half a photo, and one that the zip itself holds
 * damaged.
 */
async function zipUp({ labelled, broken }: Pictures): Promise<typeof zip> {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false, level: 0 })
  const add = (name: string, bytes: Uint8Array) => writer.add(name, new BlobReader(new Blob([new Uint8Array(bytes)])))
  const species = (await readdir(labelled)).sort().slice(0, 3)
  const first = species[0] ?? ''
  let photos = 0
  for (const name of species) {
    for (const file of (await readdir(join(labelled, name))).slice(0, 6)) {
      await add(`${name}/${file}`, await readFile(join(labelled, name, file)))
      photos++
    }
  }
  const whole = await readFile(join(labelled, first, (await readdir(join(labelled, first)))[0] ?? ''))
  await add(`${first}/no-photo.jpg`, await readFile(broken))
  await add(`${first}/half.jpg`, whole.subarray(0, Math.floor(whole.length / 3)))
  const mark = new TextEncoder().encode('these bytes are changed after the zip was made')
  await add(`${first}/damaged.jpg`, mark)
  const bytes = Buffer.from(await (await writer.close()).arrayBuffer())
  const at = bytes.indexOf(mark)
  bytes.fill(0, at, at + 8)
  const file = join(folder, 'first trip.zip')
  await writeFile(file, bytes)
  return { file, photos: photos + 3, species: species.length }
}

test('an empty installation, a zip, and the first suggestion', { skip, timeout: IMPORT_MS }, async (t) => {
  const { page, errors } = await visit(walk.browser, walk.service.url, DESKTOP)
  const began = performance.now()
  await page.goto('/')
  await page.getByLabel('Photos', { exact: true }).setInputFiles(zip.file)
  const sheet = page.getByRole('region', { name: 'What was recognised' })
  await sheet.getByText(`All ${zip.species} folders look like names of taxa`).waitFor()
  await shoot(page, 'zip-plan')
  assert.deepEqual(await seriousFindings(page), [])
  await sheet.getByRole('button', { name: `Add ${zip.photos} photos` }).click()
  await page.getByRole('heading', { name: 'Import complete' }).waitFor({ timeout: IMPORT_MS })
  const row = (name: string) => page.locator('.import-failures li', { hasText: name })
  await row('damaged.jpg').getByText('It is damaged in the zip').waitFor()
  await row('no-photo.jpg').waitFor()
  await row('half.jpg').waitFor()
  await shoot(page, 'zip-failures')
  assert.deepEqual(await seriousFindings(page), [])
  const tried = page.waitForResponse((response) => response.url().endsWith('/retry') && response.ok())
  await row('half.jpg').getByRole('button', { name: 'Try again' }).click()
  await tried
  await row('half.jpg').waitFor()

  await page.getByRole('link', { name: 'Identify a photo' }).click()
  await page.getByLabel('Photos', { exact: true }).setInputFiles(pictures.plain[0] ?? '')
  await page.locator('.suggestion-list li').first().waitFor()
  t.diagnostic(`from the first visit to the first suggestion: ${Math.round((performance.now() - began) / 1000)} s`)
  assert.deepEqual(errors, [])
  await page.context().close()
})

test('a file that only calls itself a zip is refused in a sentence', { skip }, async () => {
  const { page } = await visit(walk.browser, walk.service.url, DESKTOP, 'Ada')
  await page.goto('/add')
  const fake = join(folder, 'fake.zip')
  await writeFile(fake, 'this is no zip')
  await page.getByLabel('Photos', { exact: true }).setInputFiles(fake)
  await page.getByText('fake.zip cannot be read as a zip').waitFor()
  await page.context().close()
})

const ADDAX = ['data/interchange/megadetector/addaxai/addaxai-recognitions.json', 'data/camera-trap/speciesnet-test']

/** The folder that AddaxAI leaves: its results beside the photos. */
async function zipOfAddaxAI(): Promise<string> {
  const [results = '', photos = ''] = ADDAX.map(shared)
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false, level: 0 })
  const add = async (name: string, file: string) =>
    await writer.add(name, new BlobReader(new Blob([new Uint8Array(await readFile(file))])))
  await add('addaxai-recognitions.json', results)
  for (const name of await readdir(photos, { recursive: true }))
    if (/\.jpe?g$/i.test(name)) await add(basename(name), join(photos, name))
  const file = join(folder, 'addaxai.zip')
  await writeFile(file, Buffer.from(await (await writer.close()).arrayBuffer()))
  return file
}

test('AddaxAI’s folder: its boxes, what people verified teaches, and the rest is proposed', {
  skip: skip || without(...ADDAX),
  timeout: IMPORT_MS,
}, async () => {
  const { page, errors } = await visit(walk.browser, walk.service.url, DESKTOP, 'Ada')
  await page.goto('/add')
  await page.getByLabel('Photos', { exact: true }).setInputFiles(await zipOfAddaxAI())
  const sheet = page.getByRole('region', { name: 'What was recognised' })
  await sheet.getByText('MegaDetector').waitFor()
  await sheet.getByText('6 labels').waitFor()
  await shoot(page, 'addaxai-plan')
  assert.deepEqual(await seriousFindings(page), [])
  await sheet.getByRole('button', { name: /^Add \d+ photos$/ }).click()
  await page.getByRole('heading', { name: 'Import complete' }).waitFor({ timeout: IMPORT_MS })
  await shoot(page, 'addaxai-done')
  const api = async <T>(path: string): Promise<T> => (await (await page.request.get(path)).json()) as T
  type Found = { items: { id: string; source: string; taxon: { name: string } | null }[] }
  const named = await api<Found>('/api/detections?state=identified&limit=200')
  const imported = named.items.filter(({ source }) => source === 'imported')
  assert.deepEqual([...new Set(imported.map(({ taxon }) => taxon?.name))].sort(), [
    'Bos taurus',
    'Canis familiaris',
    'Leopardus pardalis',
    'Ursus americanus',
  ])
  const waiting = await api<Found>('/api/detections?state=unidentified&limit=200')
  const elephant = waiting.items.find(({ source }) => source === 'imported')
  const detail = await api<{ identifications: { proposal: boolean; taxon: { name: string } }[] }>(
    `/api/detections/${elephant?.id}`,
  )
  assert.deepEqual(
    detail.identifications.map(({ proposal, taxon }) => [proposal, taxon.name]),
    [[true, 'Loxodonta africana']],
  )
  await page.goto(`/review/${elephant?.id}`)
  await page.getByText(/proposes/).waitFor()
  await shoot(page, 'addaxai-review')
  assert.deepEqual(errors, [])
  await page.context().close()
})

test('a phone takes a photo with its camera, and every look of the view passes', { skip }, async () => {
  for (const look of [PHONE, DARK_PHONE, DARK]) {
    const { page, errors } = await visit(walk.browser, walk.service.url, look, 'Ada')
    await page.goto('/add')
    await page.locator('.import-list li').first().waitFor()
    assert.equal(await page.getByRole('button', { name: 'Take a photo' }).isVisible(), look.size === 'phone')
    assert.equal(await page.getByLabel('Camera').getAttribute('capture'), 'environment')
    await shoot(page, `bring-${look.size}-${look.theme}`)
    assert.deepEqual(await seriousFindings(page), [])
    if (look.size === 'phone') {
      await page.getByLabel('Camera').setInputFiles(pictures.plain[1] ?? '')
      await page.getByRole('button', { name: 'Add 1 photo' }).waitFor()
      await page.getByRole('button', { name: 'Cancel' }).tap()
    }
    await assertFits(page, 'the view')
    assert.deepEqual(errors, [])
    await page.context().close()
  }
})

test('a slider sets empty photos aside, shows what it would lose, and is undone', {
  skip,
  timeout: 240_000,
}, async () => {
  const fill = async (dataDir: string) => {
    await makeBigDatabase(['--url', `file:${dataDir}/database`, '--photos', '400', '--taxa', '8', '--taught', '0.2'])
    await plantStone(`file:${dataDir}/database`)
  }
  const generated = await startService('', fill)
  try {
    const { page, errors } = await visit(walk.browser, generated.url, DESKTOP, 'Ada')
    const queued = async () => {
      // What GET /api/queues answers.
      const { queues } = (await (await page.request.get('/api/queues')).json()) as { queues: QueueCount[] }
      return queues.find(({ name }) => name === 'unidentified')?.count ?? 0
    }
    const before = await queued()
    await page.goto('/add')
    await page.getByRole('link', { name: 'Photos without an animal' }).click()
    const slider = page.getByLabel('Lowest probability of an animal that stays')
    await slider.waitFor()
    const button = page.getByRole('button', { name: /^Set [\d,]+ photos? aside$/ })
    const photos = async () => Number(/[\d,]+/.exec((await button.textContent()) ?? '')?.[0].replace(',', ''))
    const few = await photos()
    await slider.fill('0.5')
    await page.waitForFunction(
      (was) => !document.querySelector('.false-triggers-sum .button')?.textContent?.includes(` ${was} `),
      few,
    )
    const many = await photos()
    assert.ok(many > few && few > 0, `${few}, then ${many}`)
    await page.locator('.false-triggers-samples:not(.old) li').first().waitFor()
    await page.waitForLoadState('networkidle')
    await shoot(page, 'false-triggers-desktop-light')
    assert.deepEqual(await seriousFindings(page), [])

    await button.click()
    await page.getByText(`${many} photos set aside`, { exact: true }).waitFor()
    assert.ok((await queued()) < before)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText(/^Undone/).waitFor()
    assert.equal(await queued(), before)
    assert.deepEqual(errors, [])
    await page.context().close()

    for (const look of [DARK, PHONE, DARK_PHONE]) {
      const other = await visit(walk.browser, generated.url, look, 'Ada')
      await other.page.goto('/add/false-triggers')
      await other.page.locator('.false-triggers-samples:not(.old) li').first().waitFor()
      await other.page.getByRole('button', { name: 'Look through them' }).click()
      await other.page.locator('.crop-choices-tile').first().waitFor()
      await other.page.waitForLoadState('networkidle')
      await shoot(other.page, `false-triggers-${look.size}-${look.theme}`)
      assert.deepEqual(await seriousFindings(other.page), [], `${look.size}, ${look.theme}`)
      assert.deepEqual(other.errors, [])
      await other.page.context().close()
    }
    await judgeStone(generated.url)
  } finally {
    await generated.close()
  }
})

/** The same box in 14 photos of three days, and nothing found in three others. */
async function plantStone(url: string): Promise<void> {
  const { db, close } = await openDatabase(url)
  await db.execute(sql`
    with chosen as (
      select d.id, d.media_id, row_number() over (order by d.id) as n from detection d
      where d.open and d.source = 'detector' and not exists (
        select 1 from detection o where o.media_id = d.media_id and o.id <> d.id) order by d.id limit 17),
    moved as (
      update media set captured_at = timestamp '2026-05-01' + chosen.n * interval '5 hours',
        deployment_id = (select min(id) from deployment)
      from chosen where media.id = chosen.media_id)
    update detection set group_key = 'm:' || detection.media_id,
      x = case when n > 14 then 0 else 0.3 end, y = case when n > 14 then 0 else 0.4 end,
      width = case when n > 14 then 1 else 0.1 end, height = case when n > 14 then 1 else 0.1 end,
      source = case when n > 14 then 'wholePhoto' else 'detector' end,
      confidence = case when n > 14 then null else confidence end
    from chosen where detection.id = chosen.id`)
  await close()
}

/** A place on a card: a crop is rescued, the rest marked with a key, and all of it undone. */
async function judgeStone(url: string): Promise<void> {
  for (const look of [DESKTOP, DARK_PHONE]) {
    const { page, errors } = await visit(walk.browser, url, look, 'Ada')
    await page.goto('/add/repeats')
    const sum = page.locator('.repeats-sum')
    await sum.waitFor()
    const before = (await sum.textContent()) ?? ''
    await page.locator('.crop-choices-tile').first().click()
    await page.getByText('kept', { exact: true }).waitFor()
    await page.waitForLoadState('networkidle')
    await shoot(page, `repeats-${look.size}-${look.theme}`)
    assert.deepEqual(await seriousFindings(page), [])
    await page.keyboard.press('x')
    await page.getByText(/^[\d,]+ boxes marked as no animal$/).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText(before, { exact: true }).waitFor()
    assert.deepEqual(errors, [])
    await page.context().close()
  }
}

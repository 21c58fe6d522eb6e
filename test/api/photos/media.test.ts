// Photos over HTTP: uploaded, indexed, refused, removed, listed.

import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { Media, MediaItem } from '../../../api/contract/media.ts'
import type { TaxonDetail } from '../../../api/contract/taxon.ts'
import { sha256Of } from '../../../indexer/analyse.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { detectionOf, form, openServiceWith, suggestFor } from '../../support/service.ts'

const { service, taxa } = await openServiceWith(['Danaus plexippus', 'Aglais io', 'Araschnia levana'], {
  maxPhotoBytes: 100_000,
})

const upload = async (body: FormData, headers: Record<string, string> = {}) =>
  (await service.read<{ items: MediaItem[] }>(202, '/api/media', { method: 'POST', body, headers })).items
const mediaOf = (item: MediaItem | undefined) => service.read<Media>(200, `/api/media/${item?.id}`)
const files = async () =>
  (await readdir(join(service.folder, 'photos'), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  )

test('photos are taken, indexed, and shown with their detections', async () => {
  const photo = await drawAnimal(COLOURS.red, { seed: 1 })
  const [item] = await upload(form([['cam/one.jpg', photo]]))
  assert.equal(item!.status, 'queued')
  assert.equal(item!.filename, 'cam/one.jpg')
  await service.settled()
  const media = await mediaOf(item)
  assert.equal(media.status, 'indexed')
  assert.deepEqual([media.width, media.height, media.bytes], [160, 160, photo.length])
  assert.equal(media.sha256, sha256Of(photo))
  assert.equal(media.detections.length, 1)

  const image = await service.ask(media.imageUrl)
  assert.equal(image.headers.get('content-type'), 'image/jpeg')
  assert.deepEqual(Buffer.from(await image.arrayBuffer()), photo)
  const tag = image.headers.get('etag')!
  const again = await service.ask(media.imageUrl, { headers: { 'If-None-Match': tag } })
  assert.equal(again.status, 304)
  assert.equal((await again.arrayBuffer()).byteLength, 0)

  const crop = await service.ask(media.detections[0]!.cropUrl)
  assert.equal(crop.headers.get('content-type'), 'image/jpeg')
  assert.ok((await crop.arrayBuffer()).byteLength > 100)
})

test('the same bytes are the same media, also twice in one request', async () => {
  const photo = await drawAnimal(COLOURS.red, { seed: 2 })
  const items = await upload(
    form([
      ['a.jpg', photo],
      ['b.jpg', photo],
    ]),
  )
  assert.equal(items[0]!.id, items[1]!.id)
  await service.settled()
  const [later] = await upload(form([photo]))
  assert.equal(later!.id, items[0]!.id)
  assert.equal(later!.status, 'indexed')
})

test('what cannot be read is an item with a reason; the others go on', async () => {
  const good = await drawAnimal(COLOURS.green, { seed: 3 })
  const items = await upload(
    form([
      ['good.jpg', good],
      ['text.jpg', Buffer.from('hello')],
      ['huge.jpg', Buffer.concat([good, Buffer.alloc(100_000)])],
      ['empty.jpg', Buffer.alloc(0)],
      ['phone.heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')],
      ['cut.jpg', good.subarray(0, 300)],
      ['also-good.png', await drawAnimal(COLOURS.green, { seed: 4, format: 'png' })],
    ]),
  )
  assert.deepEqual(
    items.map((item) => [item.filename, item.status]),
    [
      ['good.jpg', 'queued'],
      ['text.jpg', 'failed'],
      ['huge.jpg', 'failed'],
      ['empty.jpg', 'failed'],
      ['phone.heic', 'failed'],
      ['cut.jpg', 'queued'],
      ['also-good.png', 'queued'],
    ],
  )
  assert.match(items[1]!.failure!.message, /Expected a photo/)
  assert.match(items[2]!.failure!.message, /bigger than 100000 bytes/)
  assert.match(items[3]!.failure!.message, /empty/)
  assert.match(items[4]!.failure!.message, /HEIC/)
  assert.equal(items[1]!.id, null)
  await service.settled()
  assert.equal((await mediaOf(items[5])).status, 'failed')
  assert.equal((await mediaOf(items[6])).status, 'indexed')
})

test('a refused or broken request leaves neither rows nor files', async () => {
  const count = (await files()).length
  const photo = await drawAnimal(COLOURS.green, { seed: 5 })
  assert.equal(
    (await service.ask('/api/media', { method: 'POST', body: form([photo], { importId: '999' }) })).status,
    404,
  )
  assert.equal((await files()).length, count)

  const whole = new Request('http://localhost/api/media', {
    method: 'POST',
    body: form([photo, await drawAnimal(COLOURS.green, { seed: 6 })]),
  })
  const bytes = new Uint8Array(await whole.arrayBuffer())
  const broken = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.subarray(0, bytes.length - 2000))
      setTimeout(() => controller.error(new Error('the client went away')), 50)
    },
  })
  const init = {
    method: 'POST',
    headers: { 'Content-Type': whole.headers.get('content-type')! },
    body: broken,
    duplex: 'half',
  }
  assert.equal((await service.app.request('/api/media', init)).status, 400)
  assert.equal((await files()).length, count)
  const known = await service.read<{ items: unknown[] }>(200, '/api/media/offers', {
    json: { photos: [{ sha256: sha256Of(photo), facts: {} }] },
  })
  assert.deepEqual(known.items, [null])

  // The second of two photos is refused when the first has its row: both are, and the taxa that labels made.
  const facts = [{ genus: 'Refusa' }, { deployment: 'refused' }]
  await service.database.pool.query(
    `create function refuse() returns trigger language plpgsql as 'begin raise ''refused''; end';
     create trigger refuse before insert on deployment for each row execute function refuse()`,
  )
  const two = form([photo, await drawAnimal(COLOURS.green, { seed: 7 })], { facts: JSON.stringify(facts) })
  assert.equal((await service.ask('/api/media', { method: 'POST', body: two })).status, 500)
  await service.database.pool.query('drop function refuse cascade')
  assert.equal((await files()).length, count)
  const offered = { json: { photos: [{ sha256: sha256Of(photo), facts: {} }] } }
  assert.deepEqual((await service.read<{ items: unknown[] }>(200, '/api/media/offers', offered)).items, [null])
  const { rows } = await service.database.pool.query("select 1 from taxon where name = 'Refusa'")
  assert.equal(rows.length, 0)
})

test('removing a photo unlearns it and leaves no files', async () => {
  const photo = await drawAnimal(COLOURS.cyan, { seed: 15 })
  const { id } = await service.read<TaxonDetail>(201, '/api/taxa', {
    json: { name: 'Inachis', rank: 'genus', parentId: taxa.Nymphalidae },
  })
  const [item] = await service.bring([photo], { taxonId: id })
  const before = await suggestFor(service, await drawAnimal(COLOURS.cyan, { seed: 16 }))
  assert.ok(before.detections[0]!.suggestions.some((one) => one.taxon.id === id))
  const detection = await detectionOf(service, item)
  assert.equal((await service.ask(`/api/media/${item!.id}`, { method: 'DELETE' })).status, 204)
  const after = await suggestFor(service, await drawAnimal(COLOURS.cyan, { seed: 16 }))
  assert.ok(!after.detections[0]!.suggestions.some((one) => one.taxon.id === id))
  assert.equal((await service.ask(`/api/media/${item!.id}`)).status, 404)
  assert.equal((await service.ask(detection.cropUrl)).status, 404)
  assert.equal((await files()).filter((file) => file.name === sha256Of(photo)).length, 0)
})

test('pages of media and detections meet without gap or overlap', async () => {
  type Page = { items: { id: string }[]; nextCursor: string | null }
  const idsOf = ({ items }: Page) => items.map((item) => item.id)
  for (const path of [
    '/api/media',
    '/api/detections?order=newest',
    '/api/detections?order=oldest',
    '/api/detections?order=unsure',
    '/api/taxa?q=a',
  ]) {
    const from = (query: string) => service.read<Page>(200, `${path}${path.includes('?') ? '&' : '?'}${query}`)
    let whole = idsOf(await from('limit=200'))
    for (let tries = 1; ; tries++) {
      const ids: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const page: Page = await from(`limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
        assert.ok(page.items.length <= 3)
        ids.push(...idsOf(page))
        cursor = page.nextCursor
      }
      // Summaries continue in the background: orders can be compared only if nothing changed meanwhile.
      const after = idsOf(await from('limit=200'))
      const stood = isDeepStrictEqual(after, whole)
      whole = after
      if (!stood && tries < 100) continue
      assert.deepEqual(ids, whole, path)
      assert.ok(ids.length > 3, path)
      break
    }
  }
})

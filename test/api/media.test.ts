import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { Import } from '../../api/contract/import.ts'
import type { DetectionDetail, Media, MediaItem } from '../../api/contract/media.ts'
import type { TaxonDetail } from '../../api/contract/taxon.ts'
import { sha256Of } from '../../indexer/analyse.ts'
import { COLOURS, drawAnimal, drawPhoto } from '../support/photos.ts'
import { detectionOf, form, makeTaxa, openTestService, suggestFor, type TestService } from '../support/service.ts'

let service: TestService
let taxa: Record<string, string>
before(async () => {
  service = await openTestService({ maxPhotoBytes: 100_000 })
  taxa = await makeTaxa(service, ['Danaus plexippus', 'Aglais io'])
})
after(() => service.close())

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
})

test('a label by taxonId, by names, by folders', async () => {
  const byId = await service.bring([await drawAnimal(COLOURS.blue, { seed: 7 })], { taxonId: taxa['Aglais io']! })
  const detection = await detectionOf(service, byId[0])
  assert.equal(detection.taxon!.id, taxa['Aglais io'])
  const detail = await service.read<DetectionDetail>(200, `/api/detections/${detection.id}`)
  assert.deepEqual(
    detail.identifications.map(({ person, basis, proposal }) => ({ person, basis, proposal })),
    [{ person: 'import:local', basis: { kind: 'import' }, proposal: false }],
  )

  const named = await service.bring([await drawAnimal(COLOURS.blue, { seed: 8 })], {
    class: 'Insecta',
    genus: 'Vanessa',
    species: 'Vanessa atalanta',
    commonName: 'red admiral',
  })
  const vanessa = (await detectionOf(service, named[0])).taxon!
  assert.equal(vanessa.name, 'Vanessa atalanta')
  assert.equal(vanessa.commonName, 'red admiral')
  assert.deepEqual(
    vanessa.path.map((step) => step.name),
    ['Insecta', 'Vanessa'],
  )

  const facts = JSON.stringify([
    { path: 'x/1.jpg', folders: ['Danaus_plexippus'], deployment: 'cam01' },
    { path: 'x/2.jpg', folders: ['Red Admiral'] },
    { path: 'x/3.jpg', folders: ['Araschnia_levana'] },
  ])
  const photos = await Promise.all([9, 10, 11].map((seed) => drawAnimal(COLOURS.blue, { seed })))
  const items = await service.bring(photos, { facts })
  assert.equal((await detectionOf(service, items[0])).taxon!.id, taxa['Danaus plexippus'])
  assert.equal((await mediaOf(items[0])).deployment, 'cam01')
  assert.equal((await mediaOf(items[0])).filename, 'x/1.jpg')
  assert.equal((await detectionOf(service, items[1])).taxon!.id, vanessa.id)
  const made = (await detectionOf(service, items[2])).taxon!
  assert.deepEqual(
    [made.name, made.rank, made.path.map((step) => step.name)],
    ['Araschnia levana', 'species', ['Araschnia']],
  )
  const waiting = await service.read<{ items: TaxonDetail[] }>(200, '/api/taxa?needsPlacing=true')
  assert.deepEqual(
    waiting.items.map((taxon) => taxon.name),
    ['Araschnia'],
  )
  const moved = await service.read<TaxonDetail>(200, `/api/taxa/${waiting.items[0]!.id}`, {
    method: 'PATCH',
    json: { parentId: taxa.Nymphalidae },
  })
  assert.equal(moved.needsPlacing, false)
  assert.deepEqual(
    moved.path.map((step) => step.name),
    ['Insecta', 'Lepidoptera', 'Nymphalidae'],
  )
})

test('a label that comes later is taken, also by hash alone', async () => {
  const photo = await drawAnimal(COLOURS.yellow, { seed: 12 })
  const [item] = await service.bring([photo])
  assert.equal((await detectionOf(service, item)).taxon, null)
  const offer = { photos: [{ sha256: sha256Of(photo), facts: { folders: ['Aglais_io'] } }] }
  const { items } = await service.read<{ items: MediaItem[] }>(200, '/api/media/offers', { json: offer })
  assert.deepEqual(items, [{ id: item!.id, filename: 'photo-0.jpg', status: 'indexed' }])
  assert.equal((await detectionOf(service, item)).taxon!.id, taxa['Aglais io'])
})

test('boxes are the animals, each with the label', async () => {
  const boxes = [
    [0, 0, 0.5, 0.5],
    [0.5, 0.5, 0.5, 0.5],
  ]
  const facts = JSON.stringify([{ genus: 'Danaus', boxes }])
  const [item] = await service.bring([await drawAnimal(COLOURS.magenta, { seed: 13 })], { facts })
  const { detections } = await mediaOf(item)
  assert.deepEqual(
    detections.map(({ source, bbox, confidence, taxon }) => ({ source, bbox, confidence, taxon: taxon!.id })),
    [
      { source: 'imported', bbox: boxes[0], confidence: null, taxon: taxa.Danaus },
      { source: 'imported', bbox: boxes[1], confidence: null, taxon: taxa.Danaus },
    ],
  )
})

test('several animals without boxes: the surest teaches, the others are proposals', async () => {
  const photo = await drawPhoto(
    [
      { cell: [0, 0], colour: COLOURS.red },
      { cell: [3, 3], colour: COLOURS.red },
    ],
    { seed: 14 },
  )
  const [item] = await service.bring([photo], { taxonId: taxa['Aglais io']! })
  const { detections } = await mediaOf(item)
  assert.equal(detections.length, 2)
  assert.equal(detections.filter((detection) => detection.taxon !== null).length, 1)
  const proposed = await service.read<{ items: { id: string }[] }>(200, '/api/detections?state=proposed')
  assert.deepEqual(
    proposed.items.map((detection) => detection.id),
    detections.filter((d) => d.taxon === null).map((d) => d.id),
  )
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
      // The tree goes on summarising in the background: only an order that stood still meanwhile can be compared.
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

test('an import from begin to done, with its failures and events', async () => {
  const seen: string[] = []
  const stop = service.events.subscribe((event) =>
    seen.push(event.name === 'import' ? `import ${event.data.status}` : event.name),
  )
  const begun = await service.read<Import>(201, '/api/imports', { json: { name: 'spring', total: 3 } })
  assert.equal(begun.status, 'running')
  const photos = await Promise.all([20, 21].map((seed) => drawAnimal(COLOURS.red, { seed })))
  await upload(
    form([...photos, photos[0]!.subarray(0, 300)], { importId: begun.id, taxonId: taxa['Danaus plexippus']! }),
  )
  await service.read<Import>(200, `/api/imports/${begun.id}/close`, { method: 'POST' })
  let now = begun
  for (let i = 0; i < 400 && now.status !== 'done'; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    now = await service.read<Import>(200, `/api/imports/${begun.id}`)
  }
  stop()
  assert.deepEqual([now.status, now.queued, now.indexed, now.failed, now.total], ['done', 0, 2, 1, 3])
  assert.ok(now.doneAt !== null)
  const failures = await service.read<{ items: MediaItem[] }>(200, `/api/imports/${begun.id}/failures`)
  assert.deepEqual(
    failures.items.map(({ filename, status, failure }) => [filename, status, failure?.stage]),
    [['photo-2.jpg', 'failed', 'decode']],
  )
  assert.equal(seen.filter((name) => name === 'indexed').length, 3)
  for (const name of ['import done', 'learned', 'published'])
    assert.ok(seen.includes(name), `${name} in ${seen.join(', ')}`)
  const { items } = await service.read<{ items: Import[] }>(200, '/api/imports')
  assert.deepEqual(items[0], now)
  const detection = await detectionOf(
    service,
    (await service.read<{ items: MediaItem[] }>(200, `/api/media?importId=${begun.id}&status=indexed`)).items[0],
  )
  const detail = await service.read<DetectionDetail>(200, `/api/detections/${detection.id}`)
  assert.equal(detail.identifications[0]!.person, 'import:spring')
})

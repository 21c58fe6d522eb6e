// An import as a client makes it, from beginning to end.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Import } from '../../../api/contract/exchange/import.ts'
import type { DetectionDetail, MediaItem } from '../../../api/contract/media.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { detectionOf, form, openServiceWith } from '../../support/service.ts'

const { service, taxa } = await openServiceWith(['Danaus plexippus', 'Aglais io'], { maxPhotoBytes: 100_000 })

const upload = async (body: FormData, headers: Record<string, string> = {}) =>
  (await service.read<{ items: MediaItem[] }>(202, '/api/media', { method: 'POST', body, headers })).items

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

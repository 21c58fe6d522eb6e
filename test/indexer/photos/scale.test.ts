// Photos at the width of a screen: the function on pictures of every odd kind, and the address that serves them.

import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import sharp from 'sharp'
import { DecodeError } from '../../../indexer/errors.ts'
import { scaledWidth, scaleToJpeg } from '../../../indexer/photos/scale.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { openTestService, type TestService } from '../../support/service.ts'

/** Left half red, right half blue. */
const twoHalves = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'red' } }).composite([
    {
      input: { create: { width: Math.ceil(width / 2), height, channels: 3, background: 'blue' } },
      left: Math.floor(width / 2),
      top: 0,
    },
  ])
const facts = async (jpeg: Buffer) => {
  const { format, width, height, space, orientation } = await sharp(jpeg).metadata()
  return { format, width, height, space, turned: (orientation ?? 1) !== 1 }
}
const colourAt = async (jpeg: Buffer, x: number, y: number) => {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true })
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels
  const [red = 0, , blue = 0] = data.subarray(at, at + 3)
  return red > blue ? 'red' : 'blue'
}

test('widths are rounded up to one of four', () => {
  assert.deepEqual([1, 320, 321, 640, 1000, 2560, 9999].map(scaledWidth), [320, 320, 640, 640, 1280, 2560, 2560])
})

test('a wide photo is made as wide as asked, a small one stays as it is', async () => {
  const wide = await twoHalves(1000, 500).jpeg().toBuffer()
  const jpeg = { format: 'jpeg', space: 'srgb', turned: false }
  for (const known of [null, { width: 1000, height: 500 }]) {
    assert.deepEqual(await facts(await scaleToJpeg(wide, 320, known)), { ...jpeg, width: 320, height: 160 })
    assert.deepEqual(await facts(await scaleToJpeg(wide, 1280, known)), { ...jpeg, width: 1000, height: 500 })
  }
})

test('it is upright, whichever way the camera was held', async () => {
  // Turned by 90 degrees to be upright: 500 wide and 1,000 high, red above blue.
  const photo = await twoHalves(1000, 500).withMetadata({ orientation: 6 }).jpeg().toBuffer()
  const jpeg = await scaleToJpeg(photo, 320, null)
  assert.deepEqual(await facts(jpeg), { format: 'jpeg', space: 'srgb', turned: false, width: 320, height: 640 })
  assert.deepEqual([await colourAt(jpeg, 0.5, 0.1), await colourAt(jpeg, 0.5, 0.9)], ['red', 'blue'])
})

test('TIFF, CMYK, 16 bits, grey and transparency become what a browser shows', async () => {
  const kinds: [string, Promise<Buffer>][] = [
    ['tiff', twoHalves(400, 200).tiff().toBuffer()],
    ['cmyk', twoHalves(400, 200).toColourspace('cmyk').jpeg().toBuffer()],
    ['16 bits', twoHalves(400, 200).toColourspace('rgb16').png().toBuffer()],
    [
      'grey',
      sharp(await twoHalves(400, 200).png().toBuffer())
        .greyscale()
        .png()
        .toBuffer(),
    ],
    ['transparent', twoHalves(400, 200).ensureAlpha(0.5).png().toBuffer()],
  ]
  for (const [kind, photo] of kinds) {
    const jpeg = await scaleToJpeg(await photo, 320, null)
    const expected = { format: 'jpeg', space: 'srgb', turned: false, width: 320, height: 160 }
    assert.deepEqual(await facts(jpeg), expected, kind)
    if (kind !== 'grey')
      assert.deepEqual([await colourAt(jpeg, 0.1, 0.5), await colourAt(jpeg, 0.9, 0.5)], ['red', 'blue'], kind)
  }
})

test('a photo that is cut off is an error with a sentence', async () => {
  const photo = await sharp({
    create: {
      width: 400,
      height: 400,
      channels: 3,
      background: 'red',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .jpeg()
    .toBuffer()
  await assert.rejects(scaleToJpeg(photo.subarray(0, photo.length / 3), 320, null), DecodeError)
})

describe('its address', () => {
  let service: TestService
  let mediaId = ''
  before(async () => {
    service = await openTestService()
    const [item] = await service.bring([await drawAnimal(COLOURS.red, { width: 800, height: 800, format: 'png' })])
    mediaId = item!.id!
  })
  after(() => service.close())
  const kept = async () =>
    (await readdir(join(service.folder, 'scaled'), { recursive: true }).catch(() => [])).filter((n) =>
      n.endsWith('.jpg'),
    )

  test('many at once make one file, which is known by its tag', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => service.ask(`/api/media/${mediaId}/image?width=300`)),
    )
    for (const answer of answers) {
      assert.equal(answer.status, 200)
      assert.equal(answer.headers.get('content-type'), 'image/jpeg')
      assert.match(answer.headers.get('cache-control') ?? '', /immutable/)
      const jpeg = Buffer.from(await answer.arrayBuffer())
      assert.equal((await sharp(jpeg).metadata()).width, 320)
    }
    assert.equal((await kept()).length, 1)
    const tag = answers[0]!.headers.get('etag') ?? ''
    const again = await service.ask(`/api/media/${mediaId}/image?width=320`, { headers: { 'If-None-Match': tag } })
    assert.equal(again.status, 304)
    const original = await service.ask(`/api/media/${mediaId}/image`)
    assert.equal(original.headers.get('content-type'), 'image/png')
    assert.notEqual(original.headers.get('etag'), tag)
    await original.body?.cancel()
  })

  test('a width that is none is refused; a removed photo takes its pictures along', async () => {
    assert.equal((await service.ask(`/api/media/${mediaId}/image?width=0`)).status, 400)
    assert.equal((await service.ask('/api/media/999/image?width=320')).status, 404)
    assert.equal((await service.ask(`/api/media/${mediaId}`, { method: 'DELETE' })).status, 204)
    assert.deepEqual(await kept(), [])
  })
})

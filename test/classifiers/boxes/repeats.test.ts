// Repeat detections on generated cameras: stones are found, animals are not taken for them, whatever the order; and
// MegaDetector's own answer on real pictures.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { similarityToOthers } from '../../../classifiers/boxes/alike.ts'
import { type Box, findRepeats, overlap, type RepeatBox } from '../../../classifiers/boxes/repeats.ts'
import { random as seededRandom } from '../../../classifiers/seeded-random.ts'
import { shared, without } from '../../support/shared.ts'

type Found = { photo: number; bbox: Box; what: string }

/** A photo each hour. */
const timed = (found: Found[]): (RepeatBox & { what: string })[] =>
  found.map(({ photo, bbox, what }, id) => ({
    id,
    photo,
    bbox,
    what,
    burst: `b${Math.floor(photo / 3)}`,
    day: `2026-05-${String(1 + Math.floor(photo / 24)).padStart(2, '0')}`,
  }))

/** The box with each of its numbers moved by up to this share of its size. */
function jitter([x, y, w, h]: Box, share: number, random: () => number): Box {
  const by = (size: number) => (random() * 2 - 1) * share * size
  return [x + by(w), y + by(h), w + by(w), h + by(h)]
}

/** 400 photos: stones in most of them, one of them moved half-way with the camera, and animals. */
function plantedCamera(seed: number) {
  const random = seededRandom(seed)
  const stones: Box[] = Array.from({ length: 6 }, () => {
    const w = 0.03 + random() * 0.3
    return [random() * (1 - w), random() * 0.6, w, 0.05 + random() * 0.3]
  })
  const found: Found[] = []
  for (let photo = 0; photo < 400; photo++) {
    for (const [i, [x, y, w, h]] of stones.entries()) {
      const moved: Box = i === 0 && photo >= 200 ? [x, y + h + 0.03, w, h] : [x, y, w, h]
      if (random() < 0.5) found.push({ photo, bbox: jitter(moved, 0.015, random), what: `stone ${i}` })
    }
    if (random() < 0.3) {
      const bbox: Box = [random() * 0.7, random() * 0.6, 0.05 + random() * 0.2, 0.05 + random() * 0.3]
      found.push({ photo, bbox, what: 'animal' })
    }
  }
  // It lies still for 40 photos of one day.
  for (let photo = 30; photo < 46; photo++) {
    found.push({ photo, bbox: jitter([0.41, 0.72, 0.2, 0.15], 0.01, random), what: 'resting' })
  }
  return timed(found)
}

test('planted stones are found, animals are not, and few cards are needed', () => {
  let planted = 0
  let caught = 0
  let animals = 0
  let cards = 0
  for (let seed = 1; seed <= 10; seed++) {
    const boxes = plantedCamera(seed)
    const places = findRepeats(boxes)
    const ids = new Set(places.flatMap((place) => place.ids))
    planted += boxes.filter(({ what }) => what.startsWith('stone')).length
    caught += boxes.filter(({ id, what }) => what.startsWith('stone') && ids.has(id)).length
    animals += boxes.filter(({ id, what }) => !what.startsWith('stone') && ids.has(id)).length
    cards += places.length
  }
  assert.ok(caught >= 0.95 * planted, `${caught} of ${planted}`)
  assert.ok(animals <= 5, `${animals} animals at such places`)
  assert.ok(cards <= caught / 50, `${cards} cards for ${caught} boxes`)
})

test('a camera that moved has two places, and an animal that rests for a day none', () => {
  const places = findRepeats(plantedCamera(3))
  assert.equal(places.length, 7)
  const large = findRepeats(
    timed(Array.from({ length: 100 }, (_, photo) => ({ photo, what: '', bbox: [0, 0, 0.6, 0.5] }))),
  )
  assert.equal(large.length, 0, 'a box of a third of the photo')
  const oneBurst = Array.from({ length: 50 }, (_, id) => ({
    id,
    photo: id,
    burst: 'b',
    day: `${id}`,
    bbox: [0, 0, 0.1, 0.1] as Box,
  }))
  assert.equal(findRepeats(oneBurst).length, 0)
})

test('the order of boxes changes nothing, and boxes that stand for a place reach all of it', () => {
  const boxes = plantedCamera(7)
  const random = seededRandom(1)
  const shuffled = boxes
    .map((box) => ({ box, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ box }) => box)
  const idsOf = (places: ReturnType<typeof findRepeats>) => places.map(({ ids }) => ids.join()).sort()
  assert.deepEqual(idsOf(findRepeats(shuffled)), idsOf(findRepeats(boxes)))
  for (const { ids, standFor } of findRepeats(boxes)) {
    const reached = ids.filter((id) => standFor.some((box) => overlap(box, boxes[id]!.bbox) >= 0.9))
    assert.ok(reached.length >= 0.98 * ids.length, `${reached.length} of ${ids.length}`)
  }
})

test('an animal before a stone looks least like the others', () => {
  const vectors = new Map(Array.from({ length: 30 }, (_, id) => [id, Float32Array.from([1, 0.01 * (id % 3), 0])]))
  vectors.set(12, Float32Array.from([0, 0, 1]))
  const alike = [...similarityToOthers(vectors)].sort(([, a], [, b]) => a - b)
  assert.equal(alike[0]![0], 12)
})

test('100,000 boxes of one camera take a second', () => {
  const random = seededRandom(5)
  const boxes = Array.from({ length: 100_000 }, (_, id): RepeatBox => {
    const bbox: Box =
      id % 2
        ? jitter([0.3, 0.4, 0.1, 0.1], 0.015, random)
        : [random() * 0.9, random() * 0.9, 0.02 + random() * 0.08, 0.02 + random() * 0.08]
    return { id, photo: id, burst: `${id >> 2}`, day: `${id >> 8}`, bbox }
  })
  const begun = performance.now()
  const places = findRepeats(boxes)
  assert.ok(performance.now() - begun < 8000)
  assert.ok(places[0]!.photos >= 50_000)
})

const MEGADETECTOR = 'data/interchange/megadetector/repeat-detections'
type Results = { images: { file: string; detections: { conf: number; bbox: [number, number, number, number] }[] }[] }

test('on real pictures of a feeder, nearly the same boxes as by MegaDetector with the same rule', {
  skip: without(MEGADETECTOR),
}, async () => {
  const read = async (name: string): Promise<Results> =>
    JSON.parse(await readFile(shared(`${MEGADETECTOR}/${name}`), 'utf8'))
  const { images } = await read('before.json')
  const removed = new Set<number>()
  const boxes: RepeatBox[] = []
  for (const [photo, image] of (await read('after.json')).images.entries()) {
    for (const [i, { bbox }] of images[photo]!.detections.entries()) {
      if (image.detections[i]!.conf < 0) removed.add(boxes.length)
      boxes.push({ id: boxes.length, photo, burst: `${photo}`, day: null, bbox })
    }
  }
  assert.equal(removed.size, 55)
  const ours = new Set(
    findRepeats(boxes, { iou: 0.7, photos: 4, bursts: 1, days: 0, area: 0.9 }).flatMap(({ ids }) => ids),
  )
  const both = [...removed].filter((id) => ours.has(id)).length
  assert.ok(both >= 52, `${both} of 55; ${ours.size} in all`)
  assert.ok(ours.size <= 70, `${ours.size}`)
})

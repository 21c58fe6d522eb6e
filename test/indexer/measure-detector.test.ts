// Precision and recall by hand, and the measure on drawn photos whose boxes are known.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Bbox } from '../../db/schema.ts'
import {
  agreement,
  averagePrecision,
  type Judged,
  keptPhotos,
  lookAtFolder,
  measureDetector,
  readBoxedPhotos,
  thresholdForFalseBoxes,
} from '../../indexer/measure-detector.ts'
import { COLOURS, drawPhoto } from '../support/photos.ts'
import { openTestModels } from '../support/test-models.ts'

const left: Bbox = [0, 0, 0.4, 0.4]
const right: Bbox = [0.5, 0.5, 0.4, 0.4]
/** Overlaps `left` by 0.3 x 0.4 of 0.5 x 0.4: IoU 0.6. */
const aside: Bbox = [0.1, 0, 0.4, 0.4]

const photos: Judged[] = [
  // Two animals: one found well, and a second time less surely; the other not found.
  {
    boxes: [left, right],
    found: [
      { bbox: left, confidence: 0.9 },
      { bbox: aside, confidence: 0.6 },
    ],
  },
  // One animal, found roughly.
  { boxes: [left], found: [{ bbox: aside, confidence: 0.5 }] },
  // No animal, but two boxes.
  {
    boxes: [],
    found: [
      { bbox: right, confidence: 0.4 },
      { bbox: left, confidence: 0.2 },
    ],
  },
]

test('a second box for the same animal is false; precision and recall follow', () => {
  const half = agreement(photos, 0.5, 0.3)
  assert.deepEqual(half, { iou: 0.5, threshold: 0.3, precision: 2 / 4, recall: 2 / 3, falseBoxesPerPhoto: 2 / 3 })
  const strict = agreement(photos, 0.75, 0.3)
  assert.deepEqual([strict.precision, strict.recall], [1 / 4, 1 / 3])
})

test('average precision by hand, and how many photos a threshold keeps', () => {
  // In order: right (1 of 1), false, right (2 of 3), false, false; one of three animals is never found.
  const expected = (1 + 2 / 3) / 3
  assert.ok(Math.abs(averagePrecision(photos, 0.5) - expected) < 1e-12)
  assert.equal(averagePrecision([], 0.5), 0)
  assert.deepEqual(keptPhotos(photos, 0.6), { threshold: 0.6, withAnimals: 1, ofWithAnimals: 2, empty: 0, ofEmpty: 1 })
  assert.equal(keptPhotos(photos, 0.4).empty, 1)
})

test('the threshold that allows so many false boxes', () => {
  // In order of confidence: right, false, right, false, false.
  assert.equal(thresholdForFalseBoxes(photos, 0.5, 0), 0.9)
  assert.equal(thresholdForFalseBoxes(photos, 0.5, 1), 0.5)
  assert.equal(thresholdForFalseBoxes(photos, 0.5, 3), 0.2)
  assert.equal(agreement(photos, 0.5, 0.5).recall, 2 / 3)
})

test('a library CSV is read with its boxes, and the detector measured on what a file lists', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'clavis-measure-'))
  t.after(() => rm(folder, { recursive: true }))
  const models = await openTestModels(join(folder, 'models'))
  t.after(() => models.close())
  const cell = (x: number, y: number) => ({ cell: [x, y] as [number, number], colour: COLOURS.red })
  await writeFile(join(folder, 'a.jpg'), await drawPhoto([cell(0, 0), cell(2, 2)]))
  await writeFile(join(folder, 'b.jpg'), await drawPhoto([cell(1, 1)]))
  await writeFile(join(folder, 'c.jpg'), 'not a photo')
  const csv = join(folder, 'library.csv')
  await writeFile(csv, 'path,bboxes\na.jpg,0 0 0.25 0.25;0.5 0.5 0.25 0.25\nb.jpg,0 0 0.25 0.25\nc.jpg,\n')
  await writeFile(join(folder, 'list.txt'), 'a.jpg\nb.jpg\n')

  const boxed = await readBoxedPhotos(csv, join(folder, 'list.txt'))
  assert.deepEqual(
    boxed.map((photo) => photo.boxes.length),
    [2, 1],
  )
  const { atDefault, atOneFalseBoxPerPhoto, ...counts } = await measureDetector(models.detector, boxed)
  const kept = { threshold: 0.25, withAnimals: 2, ofWithAnimals: 2, empty: 0, ofEmpty: 0 }
  assert.deepEqual(counts, { photos: 2, boxes: 3, ap50: 2 / 3, kept })
  // b.jpg's animal is elsewhere than its box says.
  assert.deepEqual(
    atDefault.map(({ iou, precision, recall }) => [iou, precision, recall]),
    [
      [0.5, 2 / 3, 2 / 3],
      [0.75, 2 / 3, 2 / 3],
    ],
  )
  assert.equal(atOneFalseBoxPerPhoto.recall, 2 / 3)

  await writeFile(
    csv,
    'path,complete,bboxes,kinds\na.jpg,1,0 0 0.25 0.25;0.5 0.5 0.25 0.25,vehicle animal\nb.jpg,1,,\nc.jpg,0,,\n',
  )
  assert.deepEqual(
    (await readBoxedPhotos(csv, null)).map(({ boxes }) => boxes),
    [[[0.5, 0.5, 0.25, 0.25]], []],
    'only animals count, and only what is known to be empty is',
  )

  const looks = await lookAtFolder(models.detector, folder)
  assert.deepEqual(
    looks.map(({ file, found, failure }) => [file, found.length, failure !== null]),
    [
      ['a.jpg', 2, false],
      ['b.jpg', 1, false],
      ['c.jpg', 0, true],
    ],
  )
})

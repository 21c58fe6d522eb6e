// Precision and recall by hand, and the measure on drawn photos whose boxes are known.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Bbox } from '../../db/schema.ts'
import {
  agreement,
  type Judged,
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
  // Two animals: one found well, once more less surely; the other not.
  {
    boxes: [left, right],
    found: [
      { bbox: left, confidence: 0.9 },
      { bbox: aside, confidence: 0.6 },
    ],
  },
  // One animal, found roughly.
  { boxes: [left], found: [{ bbox: aside, confidence: 0.5 }] },
  // None, but two boxes.
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
  assert.deepEqual(counts, { photos: 2, boxes: 3 })
  // b.jpg's animal is elsewhere than its box says.
  assert.deepEqual(
    atDefault.map(({ iou, precision, recall }) => [iou, precision, recall]),
    [
      [0.5, 2 / 3, 2 / 3],
      [0.75, 2 / 3, 2 / 3],
    ],
  )
  assert.equal(atOneFalseBoxPerPhoto.recall, 2 / 3)

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

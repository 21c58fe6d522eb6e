// A detector and an embedder that are tiny, fast and predictable. The detector sees a grid of 4 x 4 cells: a bright
// coloured cell is an animal, a bright white one a person. The embedder gives the mean colour of each quarter of the
// crop: photos of one colour are near each other, others far.

import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DetectorManifest, EmbedderManifest, Manifest } from '../../indexer/models/manifest.ts'
import { type ModelChoice, type Models, openModels } from '../../indexer/models/models.ts'
import { type Constant, writeOnnx } from './onnx-writer.ts'

/** Cells per side of the photo that the test detector sees. */
export const GRID = 4
const SIDE = 64
const CELL = SIDE / GRID
const CELLS = GRID * GRID

export const TEST_DETECTOR = 'test-detector'
export const TEST_EMBEDDER = 'test-embedder'

/** Writes both and opens them: `models.close()` when done. */
export async function openTestModels(folder: string, options: Partial<ModelChoice> = {}): Promise<Models> {
  await writeTestModels(folder)
  return openModels({
    folders: [folder],
    detector: TEST_DETECTOR,
    embedder: TEST_EMBEDDER,
    threads: 1,
    device: 'cpu',
    ...options,
  })
}

/** @returns the names to configure */
export async function writeTestModels(folder: string): Promise<{ detector: string; embedder: string }> {
  await writeModel(folder, testDetector(), detectorManifest())
  await writeModel(folder, testEmbedder(), embedderManifest())
  return { detector: TEST_DETECTOR, embedder: TEST_EMBEDDER }
}

/** A model folder with these weights; the manifest gets their sha256. */
export async function writeModel<M extends Manifest>(folder: string, weights: Buffer, manifest: M): Promise<M> {
  const target = join(folder, manifest.name)
  await mkdir(target, { recursive: true })
  const written = { ...manifest, sha256: createHash('sha256').update(weights).digest('hex') }
  await writeFile(join(target, manifest.file), weights)
  await writeFile(join(target, 'manifest.json'), JSON.stringify(written))
  return written
}

const input = (side: number): Manifest['input'] => ({
  name: 'images',
  width: side,
  height: side,
  type: 'float32',
  layout: 'NCHW',
  range: [0, 1],
  mean: [0, 0, 0],
  std: [1, 1, 1],
})
const made = { file: 'model.onnx', sha256: '', licence: 'none', source: 'written by a test' }

export function detectorManifest(changes: Partial<DetectorManifest> = {}): DetectorManifest {
  return {
    ...made,
    kind: 'detector',
    name: TEST_DETECTOR,
    input: input(SIDE),
    format: 'yolov5',
    output: 'output0',
    classes: [
      { name: 'animal', kind: 'animal' },
      { name: 'person', kind: 'person' },
    ],
    thresholds: { typical: 0.25, recallFirst: 0.1, nms: 0.45 },
    fill: 114,
    ...changes,
  }
}

export function embedderManifest(changes: Partial<EmbedderManifest> = {}): EmbedderManifest {
  return {
    ...made,
    kind: 'embedder',
    name: TEST_EMBEDDER,
    input: input(32),
    output: 'embedding',
    dimensions: 12,
    transform: 'none',
    cropRecipe: { square: true, enlarge: 0.1, fill: 114 },
    ...changes,
  }
}

function testDetector(): Buffer {
  const centres = Array.from({ length: CELLS }, (_, i) => [(i % GRID) + 0.5, Math.floor(i / GRID) + 0.5])
  const boxes = centres.flatMap(([x, y]) => [x! * CELL, y! * CELL, CELL, CELL])
  const pool = { kernel_shape: [CELL, CELL], strides: [CELL, CELL] }
  const scalar = (name: string, value: number): Constant => ({ name, type: 'float32', shape: [1], data: [value] })
  return writeOnnx({
    inputs: [{ name: 'images', type: 'float32', shape: ['batch', 3, SIDE, SIDE] }],
    outputs: [{ name: 'output0', type: 'float32', shape: ['batch', CELLS, 7] }],
    constants: [
      { name: 'boxes', type: 'float32', shape: [1, CELLS, 4], data: boxes },
      { name: 'rows', type: 'int64', shape: [3], data: [0, CELLS, 1] },
      scalar('limit', 0.6),
      scalar('steepness', 40),
      scalar('one', 1),
      scalar('zero', 0),
    ],
    nodes: [
      // Bright in any channel: an object. Bright in all: white, a person.
      { op: 'ReduceMax', inputs: ['images'], outputs: ['brightest'], attributes: { axes: [1], keepdims: 1 } },
      { op: 'ReduceMin', inputs: ['images'], outputs: ['darkest'], attributes: { axes: [1], keepdims: 1 } },
      { op: 'AveragePool', inputs: ['brightest'], outputs: ['bright'], attributes: pool },
      { op: 'AveragePool', inputs: ['darkest'], outputs: ['white'], attributes: pool },
      { op: 'Sub', inputs: ['bright', 'limit'], outputs: ['above'] },
      { op: 'Mul', inputs: ['above', 'steepness'], outputs: ['steep'] },
      { op: 'Sigmoid', inputs: ['steep'], outputs: ['sure'] },
      { op: 'Reshape', inputs: ['sure', 'rows'], outputs: ['objectness'] },
      { op: 'Reshape', inputs: ['white', 'rows'], outputs: ['person'] },
      { op: 'Sub', inputs: ['one', 'person'], outputs: ['animal'] },
      { op: 'Mul', inputs: ['objectness', 'zero'], outputs: ['nothing'] },
      { op: 'Add', inputs: ['boxes', 'nothing'], outputs: ['places'] },
      {
        op: 'Concat',
        inputs: ['places', 'objectness', 'animal', 'person'],
        outputs: ['output0'],
        attributes: { axis: 2 },
      },
    ],
  })
}

function testEmbedder(): Buffer {
  return writeOnnx({
    inputs: [{ name: 'images', type: 'float32', shape: ['batch', 3, 32, 32] }],
    outputs: [{ name: 'embedding', type: 'float32', shape: ['batch', 12] }],
    nodes: [
      {
        op: 'AveragePool',
        inputs: ['images'],
        outputs: ['quarters'],
        attributes: { kernel_shape: [16, 16], strides: [16, 16] },
      },
      { op: 'Flatten', inputs: ['quarters'], outputs: ['embedding'], attributes: { axis: 1 } },
    ],
  })
}

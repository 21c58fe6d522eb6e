// Guesses the manifest of a model that came without one, from its graph and from running it. A person should check it:
// what a graph cannot tell (value range, mean and std) is what is common for its kind.

import { ModelError } from '../errors.ts'
import { firstLine, type Port, type Result, type Session } from '../inference/onnx.ts'
import { featureCount, findSide, fixedBatch, notYolov5, runGrey } from '../inference/probe.ts'
import { classesNamed, guessClasses, namesIn } from './class-names.ts'
import type { GraphFile } from './graph-file.ts'
import type { Manifest, ModelInput } from './manifest.ts'

export type DraftFacts = { name: string; file: string; sha256: string; licence: string; source: string }

/**
 * `graph`: what the file says besides its graph; null where that cannot be read. Throws ModelError where the model is
 * neither a detector of a known format nor an embedder.
 */
export async function draftManifest(session: Session, facts: DraftFacts, graph: GraphFile | null): Promise<Manifest> {
  const { name } = facts
  const port = session.inputs[0]
  if (!port || session.inputs.length > 1) {
    throw new ModelError(`${name}: expected one input but received ${session.inputs.length}.`)
  }
  const { input, results } = await guessInput(session, port, name)
  const names = namesIn(graph?.metadata)
  refuseOtherDetectors(name, input, results)
  const boxes = [...results].find(([, { dims }]) => looksLikeYolov5(dims))
  const suppressed = [...results].find(([, result]) => isSuppressed(result, input, graph))
  if (suppressed && areFractions(suppressed[1]))
    throw new ModelError(`${name}: its boxes are fractions of the picture. Expected pixels of the input: export it so.`)
  if (suppressed) return { ...facts, ...suppressedDetector(name, suppressed, names), input, ...DETECTING }
  if (boxes) {
    const [output, { dims }] = boxes
    const count = dims[2]! - 5
    if (names && names.length !== count) {
      throw new ModelError(
        `${name}: the file names ${names.length} class(es) (${names.slice(0, 3).join(', ')}…) but its output [${dims.join(', ')}] ` +
          `has room for ${count} after cx, cy, w, h and objectness. Expected a YOLOv5 detector of boxes alone.`,
      )
    }
    const classes = names ? classesNamed(names) : guessClasses(count)
    return { ...facts, kind: 'detector', format: 'yolov5', input, output, classes, ...DETECTING }
  }
  if (graph?.operators.has('NonMaxSuppression') || graph?.operators.has('EfficientNMS_TRT')) {
    throw new ModelError(`${name}: ${REFUSED_SUPPRESSION}`)
  }
  const embedding = guessEmbedding(results)
  if (!embedding) {
    const shapes = [...results].map(([key, { dims }]) => `${key} [${dims.join(', ')}]`).join(', ') || 'none of numbers'
    const first = [...results.values()].find(({ dims }) => dims.length === 3)
    throw new ModelError(
      `${name}: expected a YOLOv5 output [n, boxes, 5 + classes] or an embedding [n, numbers] but received ${shapes}.` +
        (first ? ` ${notYolov5(first.dims, 1)}` : ''),
    )
  }
  const [output, { dims, data }] = embedding
  // Features after a ReLU are never negative. Their square roots separate look-alikes better.
  const transform = data.every((value) => value >= 0) ? 'sqrt' : 'none'
  return { ...facts, kind: 'embedder', input, output, dimensions: featureCount(dims)!, transform, ...CROPPING }
}

const LEAST_SIDE_PX = 16

/** Throws ModelError for outputs of boxes that are certainly not as YOLOv5 writes them. */
function refuseOtherDetectors(name: string, { width, height }: ModelInput, results: Map<string, Result>): void {
  if (Math.min(width, height) < LEAST_SIDE_PX)
    throw new ModelError(
      `${name}: expected an input of at least ${LEAST_SIDE_PX} pixels but received ${width} x ${height}.`,
    )
  const shapes = [...results].map(([key, { dims }]) => `${key} [${dims.join(', ')}]`).join(', ')
  const all = [...results.values()]
  const rowsOf = (dims: readonly number[]) => dims.at(-2)
  // Boxes in one output, and what they are in others of as many rows.
  const apart = all.some(
    ({ dims }) =>
      dims.at(-1) === 4 &&
      dims.length <= 3 &&
      all.some((other) => other.dims.at(-1) !== 4 && [other.dims.at(-1), rowsOf(other.dims)].includes(rowsOf(dims))),
  )
  const flat = all.some(({ dims }) => dims.length === 2 && (dims[1] === 6 || dims[1] === 7) && dims[0]! > 1)
  if (apart || flat) throw new ModelError(`${name}: received ${shapes}. ${SEPARATE_BOXES}`)
  const cells = [8, 16, 32].reduce((sum, stride) => sum + Math.floor(width / stride) * Math.floor(height / stride), 0)
  const onePerCell = [cells, cells + Math.floor(width / 64) * Math.floor(height / 64)]
  const other = all.find(({ dims }) => dims.length === 3 && onePerCell.includes(Math.max(...dims.slice(1))))
  if (other) throw new ModelError(`${name}: received ${shapes}. ${ONE_BOX_PER_CELL}`)
}

const SEPARATE_BOXES =
  'Its boxes and scores are in outputs of their own, or have no place for several photos. Expected one output [n, boxes, ' +
  '5 + classes] as YOLOv5 writes it. Export it without dropping overlapping boxes (nms=False, end2end=False).'
const ONE_BOX_PER_CELL =
  'It has one box per cell, as YOLOv6, v8, v11 and YOLOX write them, [n, 4 + classes, boxes]. Expected a YOLOv5 output ' +
  "[n, boxes, 5 + classes]. YOLOv8 and v11 can be exported with the boxes ready (format='onnx', nms=True), which is read."

const REFUSED_SUPPRESSION =
  'its graph drops overlapping boxes itself (NMS), and says not in a known way what its numbers are. Export it without ' +
  '(nms=False, end2end=False), or with the class names in the file.'

/**
 * Whether the rows are x1, y1, x2, y2, score, class of boxes from which the graph has dropped overlapping ones. The
 * exporter says so, or the graph has an operator that no plain YOLOv5 has, or the numbers are such.
 */
function isSuppressed({ dims, data }: Result, { width, height }: ModelInput, graph: GraphFile | null): boolean {
  if (dims.length !== 3 || dims[2] !== 6) return false
  const said = graph?.metadata
  if (said?.get('end2end')?.toLowerCase() === 'true' || /['"]nms['"]\s*:\s*true/i.test(said?.get('args') ?? ''))
    return true
  if (['NonMaxSuppression', 'TopK', 'EfficientNMS_TRT'].some((operator) => graph?.operators.has(operator))) return true
  // YOLOv5 has 3 boxes in every cell of 8, 16 and 32 pixels; P6 has 64 too.
  const cells = [8, 16, 32].reduce((sum, stride) => sum + (width * height) / stride ** 2, 0)
  const isGrid = [3 * cells, 3 * (cells + (width * height) / 64 ** 2)].some((rows) => Math.round(rows) === dims[1])
  if (isGrid) return false
  let boxes = 0
  for (let at = 0; at + 6 <= data.length; at += 6) {
    const [x1, y1, x2, y2, score, taxon] = data.subarray(at, at + 6) as unknown as number[]
    if (!Number.isInteger(taxon) || x2! < x1! || y2! < y1!) return false
    if (x2! > x1! && y2! > y1! && score! > 0 && score! <= 1) boxes++
  }
  // A YOLOv5 has a box in every row, also where it sees nothing.
  return boxes > 0 || data.every((value) => value === 0 || value === -1)
}

/** Whether boxes are fractions of the picture, where pixels of the input are expected. */
function areFractions({ data }: Result): boolean {
  let largest = 0
  for (let at = 0; at + 6 <= data.length; at += 6)
    if (data[at + 4]! > 0) largest = Math.max(largest, data[at + 2]!, data[at + 3]!)
  return largest > 0 && largest <= 1.01
}

/** Throws ModelError where nobody could tell what the class numbers mean. */
function suppressedDetector(name: string, [output, { dims }]: [string, Result], names: string[] | null) {
  if (names) return { kind: 'detector', format: 'end2end', output, classes: classesNamed(names) } as const
  throw new ModelError(
    `${name}: its output [${dims.join(', ')}] is of boxes x1, y1, x2, y2, score, class, and ${REFUSED_SUPPRESSION}`,
  )
}

const DETECTING = { thresholds: { typical: 0.25, recallFirst: 0.1, nms: 0.45 }, fill: 114 }
const CROPPING = { cropRecipe: { square: true, enlarge: 0.1, fill: 114 } }

async function guessInput(session: Session, port: Port, name: string) {
  const { shape, type } = port
  if (shape.length !== 4)
    throw new ModelError(`${name}: expected an input of 4 dimensions but received ${shape.length}.`)
  if (type !== 'float32' && type !== 'float16' && type !== 'uint8') {
    throw new ModelError(`${name}: expected an input of type float32, float16 or uint8 but received ${type}.`)
  }
  const layout = shape[3] === 3 && shape[1] !== 3 ? 'NHWC' : 'NCHW'
  const channels = layout === 'NCHW' ? shape[1] : shape[3]
  if (typeof channels === 'number' && channels !== 3) {
    throw new ModelError(`${name}: expected an input of 3 colour channels but received [${shape.join(', ')}].`)
  }
  const [height, width] = layout === 'NCHW' ? [shape[2], shape[3]] : [shape[1], shape[2]]
  const range: [number, number] = type === 'uint8' ? [0, 255] : [0, 1]
  const base = { name: port.name, type, layout, range, mean: zeros(), std: ones() } as const
  const batch = fixedBatch(port) ?? 1
  const known = { width: positive(width), height: positive(height) }
  const fixed = known.width && known.height ? { width: known.width, height: known.height } : null
  const side = fixed ? null : await findSide(session, { ...base, width: 1, height: 1 }, batch)
  if (!fixed && !side) throw new ModelError(`${name} declares any size, but no common size between 224 and 1280 runs.`)
  const input: ModelInput = { ...base, ...(fixed ?? { width: side!, height: side! }) }
  const results = await run(session, input, batch, name)
  // At 640 pixels a P6 model gives 25,500 boxes. Such models were trained at 1,280.
  const isP6 = !fixed && side === 640 && [...results.values()].some(({ dims }) => dims[1] === 25_500)
  const large = { ...input, width: 1280, height: 1280 }
  if (isP6) return { input: large, results: await run(session, large, batch, name) }
  // An embedder that takes any size was most likely trained at 224.
  const small = { ...input, width: 224, height: 224 }
  if (!fixed && ![...results.values()].some(({ dims }) => looksLikeYolov5(dims))) {
    const at224 = await runGrey(session, small, batch, null).catch(() => null)
    if (at224) return { input: small, results: at224 }
  }
  return { input, results }
}

async function run(session: Session, input: ModelInput, batch: number, name: string): Promise<Map<string, Result>> {
  return runGrey(session, input, batch, null).catch((cause: unknown) => {
    const why = firstLine(cause instanceof Error ? cause.message : String(cause))
    throw new ModelError(
      `${name} does not run at its declared size ${input.width} x ${input.height}: ${why}.`,
      'open',
      {
        cause,
      },
    )
  })
}

const positive = (side: number | string | undefined) => (typeof side === 'number' && side > 0 ? side : null)
const zeros = (): [number, number, number] => [0, 0, 0]
const ones = (): [number, number, number] => [1, 1, 1]

function looksLikeYolov5(dims: readonly number[]): boolean {
  return dims.length === 3 && dims[2]! >= 6 && dims[1]! >= dims[2]!
}

/**
 * The pooled features: of the outputs with one number for each feature, the one that its name says, else the shortest
 * of at least 32.
 */
function guessEmbedding(results: Map<string, Result>): [string, Result] | undefined {
  const flat = [...results].filter(([, { dims }]) => (featureCount(dims) ?? 0) >= 2)
  const named = flat.find(([key]) => /embed|feature|pool/i.test(key))
  const bySize = flat.sort(([, a], [, b]) => featureCount(a.dims)! - featureCount(b.dims)!)
  return named ?? bySize.find(([, { dims }]) => featureCount(dims)! >= 32) ?? bySize[0]
}

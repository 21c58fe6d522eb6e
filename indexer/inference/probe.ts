// Checks that a model does what its manifest says: compares the declared inputs and outputs, then runs the model,
// because graphs declare more than they can do.

import { ModelError } from '../errors.ts'
import type { Manifest, ModelInput } from '../models/manifest.ts'
import { firstLine, type Port, type Result, type Session } from './onnx.ts'
import { tensorMaker } from './tensor.ts'

/** Sides of the inputs of exported models, the most common first. */
const CANDIDATE_SIDES = [640, 1280, 320, 416, 512, 960, 1024, 768, 256, 224] as const

/** Returns how many pictures a run must have; null: any number. Throws ModelError. */
export async function probe(session: Session, manifest: Manifest): Promise<number | null> {
  const { name, input } = manifest
  const port = findInput(session, manifest)
  const channels = port.shape.at(input.layout === 'NCHW' ? 1 : 3)
  if (typeof channels === 'number' && channels !== 3) {
    throw new ModelError(`${name}: expected an input of 3 colour channels (${input.layout}) but received ${channels}.`)
  }
  const spatial = input.layout === 'NCHW' ? port.shape.slice(2, 4) : port.shape.slice(1, 3)
  const wanted = [input.height, input.width]
  if (spatial.some((side, i) => typeof side === 'number' && side > 0 && side !== wanted[i])) {
    throw new ModelError(
      `${name}: the manifest says ${input.width} x ${input.height} pixels but the model takes ${spatial[1]} x ${spatial[0]}.`,
    )
  }
  const outputs = session.outputs.map((output) => output.name)
  if (!outputs.includes(manifest.output)) {
    throw new ModelError(
      `${name}: expected an output named ${manifest.output} but the model has ${outputs.join(', ')}.`,
    )
  }
  const batch = fixedBatch(port)
  const result = (await runOnce(session, manifest, batch ?? 1)).get(manifest.output)
  checkOutput(manifest, result, batch ?? 1)
  // A graph may declare that the batch varies although it does not: running two pictures shows it.
  return batch ?? ((await takesTwo(session, manifest)) ? null : 1)
}

/** The number of pictures that the graph declares; null where it varies. */
export function fixedBatch(port: Port): number | null {
  const batch = port.shape[0]
  return typeof batch === 'number' && batch > 0 ? batch : null
}

function findInput(session: Session, { name, input }: Manifest): Port {
  const port = session.inputs.find((candidate) => candidate.name === input.name)
  if (!port) {
    const names = session.inputs.map((candidate) => candidate.name).join(', ')
    throw new ModelError(`${name}: expected an input named ${input.name} but the model has ${names}.`)
  }
  if (session.inputs.length > 1) {
    throw new ModelError(`${name}: expected one input but received ${session.inputs.length}.`)
  }
  if (port.shape.length !== 4) {
    throw new ModelError(
      `${name}: expected an input of 4 dimensions (${input.layout}) but received ${port.shape.length}.`,
    )
  }
  if (port.type !== input.type) {
    throw new ModelError(`${name}: the manifest says an input of type ${input.type} but the model takes ${port.type}.`)
  }
  return port
}

/** Runs grey pictures. Where that fails, the error names a size at which the model does run. */
async function runOnce(session: Session, manifest: Manifest, batch: number): Promise<Map<string, Result>> {
  try {
    return await runGrey(session, manifest.input, batch, [manifest.output])
  } catch (cause) {
    const { width, height } = manifest.input
    const side = await findSide(session, manifest.input, batch)
    const hint = side
      ? `it declares any size but runs only at others, for example ${side} x ${side}: set that in its manifest`
      : firstLine(cause instanceof Error ? cause.message : String(cause))
    throw new ModelError(`${manifest.name} does not run at ${width} x ${height} pixels: ${hint}.`, 'open', { cause })
  }
}

async function takesTwo(session: Session, manifest: Manifest): Promise<boolean> {
  try {
    const result = (await runGrey(session, manifest.input, 2, [manifest.output])).get(manifest.output)
    return result?.dims[0] === 2
  } catch {
    return false
  }
}

/** The first of the common sides at which the model runs; null where it runs at none. */
export async function findSide(session: Session, input: ModelInput, batch: number): Promise<number | null> {
  for (const side of CANDIDATE_SIDES) {
    const ran = await runGrey(session, { ...input, width: side, height: side }, batch, null).then(
      () => true,
      () => false,
    )
    if (ran) return side
  }
  return null
}

export function runGrey(
  session: Session,
  input: ModelInput,
  batch: number,
  outputs: string[] | null,
): Promise<Map<string, Result>> {
  const grey = new Uint8Array(3 * input.width * input.height).fill(114)
  return session.run(input.name, input.type, tensorMaker(input)(Array<Uint8Array>(batch).fill(grey), batch), outputs)
}

function checkOutput(manifest: Manifest, result: Result | undefined, batch: number) {
  const { name, output } = manifest
  if (!result) throw new ModelError(`${name}: expected output ${output} to be float32 or float16 numbers.`)
  if (!result.data.every(Number.isFinite)) {
    throw new ModelError(
      `${name}: output ${output} is not a number for a grey picture; the model or its value range is wrong.`,
    )
  }
  const { dims } = result
  const shape = `[${dims.join(', ')}]`
  if (dims[0] !== batch)
    throw new ModelError(`${name}: expected ${batch} answer(s) in ${output} but received ${shape}.`)
  if (manifest.kind === 'detector' && manifest.format === 'end2end') {
    if (dims.length === 3 && dims[2] === 6) return
    throw new ModelError(
      `${name}: expected rows of x1, y1, x2, y2, score, class [n, boxes, 6] but output ${output} is ${shape}.`,
    )
  }
  if (manifest.kind === 'detector') {
    const columns = 5 + manifest.classes.length
    if (dims.length === 3 && dims[2] === columns) return
    throw new ModelError(`${name}: ${notYolov5(dims, manifest.classes.length)} Output ${output} is ${shape}.`)
  }
  const dimensions = featureCount(dims)
  if (dimensions !== manifest.dimensions) {
    throw new ModelError(
      `${name}: the manifest says embeddings of ${manifest.dimensions} numbers but output ${output} is ${shape}.`,
    )
  }
}

/**
 * How many numbers a picture has in an output like [n, d], [n, d, 1, 1] or [n, 1, 1, d]; null where that is no
 * embedding.
 */
export function featureCount(dims: readonly number[]): number | null {
  const long = dims.slice(1).filter((size) => size !== 1)
  return dims.length >= 2 && dims.length <= 4 && long.length === 1 ? long[0]! : null
}

/** What is wrong with an output that should be [n, boxes, 5 + classes]. */
export function notYolov5(dims: readonly number[], classes: number): string {
  if (dims.length !== 3) return `A YOLOv5 output has 3 dimensions [n, boxes, 5 + classes] but received ${dims.length}.`
  const [, rows, columns] = [dims[0]!, dims[1]!, dims[2]!]
  if (columns > rows) {
    return `Expected a YOLOv5 output [n, boxes, 5 + classes] but received one like YOLOv8's, [n, 4 + classes, boxes].`
  }
  return `Expected a YOLOv5 output [n, boxes, ${5 + classes}] for ${classes} class(es) but received ${columns} columns.`
}

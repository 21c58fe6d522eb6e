// What a file that is no ONNX model is instead, so that the refusal can say what to do.

import { open, stat } from 'node:fs/promises'
import { ModelError } from '../errors.ts'

const HEAD_BYTES = 512

type Kind = { is: (head: Buffer) => boolean; sentence: string }

const starts = (...bytes: number[]) => {
  const wanted = Buffer.from(bytes)
  return (head: Buffer) => head.subarray(0, wanted.length).equals(wanted)
}
const says = (pattern: RegExp) => (head: Buffer) => pattern.test(head.toString('latin1'))

const EXPORT = 'Export it as ONNX (YOLOv5: python export.py --weights best.pt --include onnx)'
const KINDS: readonly Kind[] = [
  { is: (head) => head.length === 0, sentence: 'is empty: copy it again' },
  { is: says(/^version https:\/\/git-lfs/), sentence: 'is only a pointer to the model (Git LFS): run git lfs pull' },
  { is: says(/^\s*</), sentence: 'is a web page, not a model: download the file itself' },
  { is: says(/^PK.*data\.pkl/s), sentence: `holds PyTorch weights. ${EXPORT}` },
  { is: starts(0x50, 0x4b, 3, 4), sentence: 'is a zip: unpack it and add the .onnx file in it' },
  { is: starts(0x1f, 0x8b), sentence: 'is compressed with gzip: unpack it first' },
  { is: starts(0x80, 2), sentence: `holds PyTorch weights. ${EXPORT}` },
  { is: starts(0x89, 0x48, 0x44, 0x46), sentence: 'is a Keras model (HDF5). Export it as ONNX (tf2onnx)' },
  { is: (head) => head.toString('latin1', 4, 8) === 'TFL3', sentence: 'is a TensorFlow Lite model. Export it as ONNX' },
  { is: says(/^.{8}\{\s*"/s), sentence: 'holds weights without a graph (safetensors). Export the model as ONNX' },
]

/**
 * Throws ModelError with a sentence for what is no regular file, or a file of another known kind. A pipe or a device
 * would never end.
 */
export async function refuseOtherFiles(file: string, name: string): Promise<void> {
  const missing = (cause?: unknown) =>
    new ModelError(`The model file ${file} is missing or cannot be read.`, 'open', { cause })
  const facts = await stat(file).catch((cause: unknown) => {
    throw missing(cause)
  })
  if (!facts.isFile()) throw new ModelError(`${name} is no file but a folder, a pipe or a device.`)
  const handle = await open(file).catch((cause: unknown) => {
    throw missing(cause)
  })
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    const head = buffer.subarray(0, bytesRead)
    const kind = KINDS.find(({ is }) => is(head))
    if (kind) throw new ModelError(`${name} ${kind.sentence}.`)
  } finally {
    await handle.close()
  }
}

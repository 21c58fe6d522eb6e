// Opens model files, inside the inference process. Only this file imports onnxruntime-node. A session's inputs and
// outputs are known, and its results are float32, whatever the model computes in.

import { access } from 'node:fs/promises'
import { basename } from 'node:path'
import * as ort from 'onnxruntime-node'
import { ModelError } from '../errors.ts'
import { fromHalves } from './float16.ts'
import type { TensorData } from './tensor.ts'

export type Device = 'cpu' | 'cuda'
/** A declared input or output. A dimension that may vary is given by its name, which may be empty. */
export type Port = { name: string; type: string; shape: (number | string)[] }
export type Result = { dims: number[]; data: Float32Array }
export type Session = {
  inputs: Port[]
  outputs: Port[]
  /** `outputs`: which ones; null: all. Results that are neither float16 nor float32 are left out. */
  run(
    input: string,
    type: string,
    tensor: { data: TensorData; dims: number[] },
    outputs: string[] | null,
  ): Promise<Map<string, Result>>
  close(): Promise<void>
}

/** Throws ModelError. `threads`: how many cores one run may use. */
export async function openSession(
  file: string,
  options: { threads: number; device: Device; deviceId?: number },
): Promise<Session> {
  const name = basename(file)
  await access(file).catch((cause) => {
    throw new ModelError(`The model file ${name} is missing or cannot be read (${file}).`, 'open', { cause })
  })
  const session = await ort.InferenceSession.create(file, {
    executionProviders: [options.device === 'cuda' ? { name: 'cuda', deviceId: options.deviceId ?? 0 } : 'cpu'],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    // Errors are thrown and become sentences; onnxruntime would print them too.
    logSeverityLevel: 4,
    // Threads that spin between runs occupy the cores that decode the next photos: on a busy machine with 2 cores a
    // picture took the detector 16 ms with 2 spinning threads, and 9 ms with 2 that do not spin.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  }).catch((cause: unknown) => {
    throw new ModelError(openingSentence(name, cause, options), 'open', { cause })
  })
  return {
    inputs: session.inputMetadata.map(toPort),
    outputs: session.outputMetadata.map(toPort),
    async run(input, type, { data, dims }, outputs) {
      const feeds = { [input]: tensorOf(type, data, dims) }
      const results = await (outputs ? session.run(feeds, outputs) : session.run(feeds))
      const known = new Map<string, Result>()
      for (const [key, value] of Object.entries(results)) {
        if (value.type === 'float32') known.set(key, { dims: [...value.dims], data: value.data as Float32Array })
        // onnxruntime-node gives float16 as 16 bits.
        else if (value.type === 'float16') {
          known.set(key, { dims: [...value.dims], data: fromHalves(value.data as unknown as Uint16Array) })
        }
      }
      return known
    },
    close: () => session.release(),
  }
}

function toPort(metadata: ort.InferenceSession.ValueMetadata): Port {
  return metadata.isTensor
    ? { name: metadata.name, type: metadata.type, shape: [...metadata.shape] }
    : { name: metadata.name, type: 'not a tensor', shape: [] }
}

function tensorOf(type: string, data: TensorData, dims: number[]): ort.Tensor {
  if (data instanceof Float32Array) return new ort.Tensor('float32', data, dims)
  if (data instanceof Uint16Array) return new ort.Tensor('float16', data, dims)
  if (type === 'uint8') return new ort.Tensor('uint8', data, dims)
  throw new ModelError(`Expected an input of type float32, float16 or uint8 but received ${type}.`)
}

const CUDA_MISSING =
  "DEVICE is cuda, but onnxruntime's CUDA files are not installed or do not load. Install them with " +
  '`npm run cuda`, in addition to CUDA and cuDNN 9 (indexer/README.md: GPU), or set DEVICE=cpu.'

function openingSentence(
  name: string,
  cause: unknown,
  { device, deviceId = 0 }: { device: Device; deviceId?: number },
): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  if (device === 'cuda' && /invalid device ordinal|device_id/i.test(message))
    return `DEVICE_ID is ${deviceId}, but CUDA knows no such device: nvidia-smi lists the existing ones (${firstLine(message)}).`
  if (device === 'cuda' && /cuda|providers_shared|libcu|dlopen/i.test(message))
    return `${CUDA_MISSING} (${firstLine(message)})`
  if (/protobuf parsing failed|No graph was found|ModelProto does not have a graph/i.test(message)) {
    return `${name} is not an ONNX model, or is damaged: it cannot be parsed.`
  }
  if (/opset|IR version|not a registered function\/op|No Op registered/i.test(message)) {
    return `${name} uses parts of ONNX that this onnxruntime does not know: ${firstLine(message)}. Export it with a lower opset.`
  }
  if (/External initializer.*(file_length|out of bounds)/is.test(message)) {
    return `${name} keeps its weights in a second file that is too short for them: copy both files again, or export it as one.`
  }
  if (/external data|External data/i.test(message)) {
    return `${name} keeps its weights in a second file that is missing: ${firstLine(message)}. Export it as one file.`
  }
  return `${name} cannot be opened: ${firstLine(message)}.`
}

/** The first line of onnxruntime's long messages says what happened. */
export function firstLine(message: string): string {
  return message.split('\n')[0]!.replace(/\.$/, '').slice(0, 300)
}

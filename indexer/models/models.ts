// Models by name. Each has a folder with its weights and manifest.json. A detector and an embedder are opened in one
// inference process, and models that people bring get folders of their own.

import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Detector, openDetector } from '../detect.ts'
import { type Embedder, openEmbedder } from '../embed.ts'
import { ModelError } from '../errors.ts'
import { type Inference, type InferenceOptions, openInference } from '../inference/inference.ts'
import { WORKING_SIDE_PX } from '../photos/image.ts'
import { sha256OfFile } from './checksum.ts'
import { parseClassNames } from './class-names.ts'
import { readGraphFile } from './graph-file.ts'
import { type Manifest, parseManifest } from './manifest.ts'

export type Models = {
  detector: Detector
  embedder: Embedder
  /** The longer side of the picture to which photos are decoded: enough for the detector and for most crops. */
  workingSidePx: number
  inference: Inference
  /** Opens one more embedder in the same inference process. Throws ModelError. */
  openEmbedder(name: string): Promise<Embedder>
  close(): Promise<void>
}
export type ModelChoice = {
  /** Folders to look in, in this order: the operator's own, then the bundled ones. */
  folders: readonly string[]
  detector: string
  /**
   * Side of the detector's input in pixels, one of its manifest's `sizes`; null or left out: its own.
   */
  detectorSize?: number | null
  embedder: string
} & InferenceOptions
export type ModelFolder = { name: string; folder: string; manifest: Manifest }
/** `fault`: a sentence, where a folder holds no usable model. */
export type ListedModel = ModelFolder | { name: string; folder: string; fault: string }

const MODEL_FILE = 'model.onnx'
/** The folder of the models that come with the project. */
export const BUNDLED_MODELS = dirname(fileURLToPath(import.meta.url))
export const DEFAULT_DETECTOR = 'animal-yolov5lite'
export const DEFAULT_EMBEDDER = 'efficientnet-lite2'

/** Throws ModelError that says which model does not fit, and why. */
export async function openModels(choice: ModelChoice): Promise<Models> {
  const detector = await findModel(choice.folders, choice.detector)
  if (choice.detectorSize) detector.manifest = withSize(detector.manifest, choice.detectorSize)
  const embedder = await findModel(choice.folders, choice.embedder)
  if (detector.manifest.kind !== 'detector') {
    throw new ModelError(`Expected a detector but ${choice.detector} is an embedder.`)
  }
  if (embedder.manifest.kind !== 'embedder') {
    throw new ModelError(`Expected an embedder but ${choice.embedder} is a detector.`)
  }
  const inference = openInference(choice)
  try {
    for (const model of [detector, embedder]) await openModel(inference, model)
  } catch (error) {
    await inference.close()
    throw error
  }
  return {
    detector: openDetector(inference, detector.manifest),
    embedder: openEmbedder(inference, embedder.manifest),
    workingSidePx: Math.max(WORKING_SIDE_PX, detector.manifest.input.width, detector.manifest.input.height),
    inference,
    async openEmbedder(name) {
      const model = await tryModel(choice.folders, name, choice)
      const { manifest } = model
      if (manifest.kind !== 'embedder') throw new ModelError(`Expected an embedder but ${name} is a detector.`)
      await openModel(inference, model)
      return openEmbedder(inference, manifest)
    },
    close: () => inference.close(),
  }
}

/** Throws ModelError where the model does not take that size. */
export function withSize(manifest: Manifest, side: number): Manifest {
  if (manifest.kind !== 'detector')
    throw new ModelError(`Expected a detector for a size but ${manifest.name} is an embedder.`)
  const { input, sizes = [] } = manifest
  if (!sizes.includes(side) && (input.width !== side || input.height !== side)) {
    const possible = sizes.length > 0 ? sizes.join(', ') : `${input.width} x ${input.height} only`
    throw new ModelError(
      `The detector ${manifest.name} looks at ${possible} pixels: expected one of these but received ${side}.`,
    )
  }
  return { ...manifest, input: { ...input, width: side, height: side } }
}

/** The first folder that holds a model of this name. Throws ModelError. */
export async function findModel(folders: readonly string[], name: string): Promise<ModelFolder> {
  const all = await listModels(folders)
  const found = all.find((model) => model.name === name)
  if (!found) {
    const names = all.map((model) => model.name).join(', ') || 'none'
    throw new ModelError(`There is no model named ${name}. Known: ${names}.`)
  }
  if ('fault' in found) throw new ModelError(found.fault)
  return found
}

/**
 * Every folder with a manifest.json. Of folders with the same name the first is listed. A missing folder holds no
 * models.
 */
export async function listModels(folders: readonly string[]): Promise<ListedModel[]> {
  const found = new Map<string, ListedModel>()
  for (const parent of folders) {
    const entries = await readdir(parent, { withFileTypes: true }).catch(() => [])
    for (const { name } of entries
      .filter((entry) => entry.isDirectory())
      .sort((a, b) => a.name.localeCompare(b.name))) {
      const listed = await readModelFolder(join(parent, name), name)
      if (listed && !found.has(name)) found.set(name, listed)
    }
  }
  return [...found.values()]
}

async function readModelFolder(folder: string, name: string): Promise<ListedModel | null> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    const manifest = parseManifest(JSON.parse(text), join(folder, 'manifest.json'))
    if (manifest.name === name) return { name, folder, manifest }
    throw new ModelError(`The folder ${name} holds a manifest that says ${manifest.name}: rename one of them.`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const fault = error instanceof ModelError ? reason : `${join(folder, 'manifest.json')} is not JSON: ${reason}.`
    return { name, folder, fault }
  }
}

/** Throws ModelError where the weights are not those that the manifest names, or the model does not run. */
export async function openModel(inference: Inference, { folder, manifest }: ModelFolder): Promise<void> {
  const { name, sha256, file, weightFiles = [] } = manifest
  const found = await sha256OfFile(...[file, ...weightFiles].map((part) => join(folder, part))).catch(
    (cause: NodeJS.ErrnoException) => {
      throw new ModelError(`The weights of ${name} are missing: expected ${cause.path ?? file}.`, 'open', { cause })
    },
  )
  if (found !== sha256) {
    throw new ModelError(
      `The weights of ${name} are not those of its manifest: expected sha256 ${sha256} but received ${found}.`,
    )
  }
  await inference.open(join(folder, file), manifest)
}

/**
 * Opens the model once in a process of its own, so that one that cannot run, or never answers, harms none that serves.
 * `size`: of a detector's input in pixels. Throws ModelError.
 */
export async function tryModel(
  folders: readonly string[],
  name: string,
  running: InferenceOptions,
  size: number | null = null,
): Promise<ModelFolder> {
  const model = await findModel(folders, name)
  if (size !== null) model.manifest = withSize(model.manifest, size)
  const inference = openInference(running)
  try {
    await openModel(inference, model)
  } finally {
    await inference.close()
  }
  return model
}

export type NewModel = { name?: string; licence?: string; source?: string }

/** `guessed`: the file does not name its classes, so those of the manifest are a guess. */
export type AddedModel = ModelFolder & { guessed: boolean }

/**
 * Copies an ONNX file into a folder of its own in `folder`, with the files that hold its weights, and tries the copy;
 * its manifest is guessed from the graph. Leaves nothing behind where it does not fit. Throws ModelError.
 */
export async function addModel(
  folder: string,
  file: string,
  running: InferenceOptions,
  about: NewModel = {},
): Promise<AddedModel> {
  const name = about.name ?? nameOf(file)
  const target = join(folder, name)
  const taken = (await listModels([folder])).some((model) => model.name === name)
  if (taken) throw new ModelError(`There is a model named ${name} already: choose another name.`)
  const graph = readGraphFile(file)
  const weightFiles = (graph?.weightFiles ?? []).map(besideTheGraph)
  const inference = openInference(running)
  const half = `${target}.new`
  try {
    await mkdir(half, { recursive: true })
    await copyFile(file, join(half, MODEL_FILE)).catch((cause: unknown) => {
      throw new ModelError(`The model file ${file} is missing or cannot be read.`, 'open', { cause })
    })
    for (const part of weightFiles) {
      await copyFile(join(dirname(file), part), join(half, part)).catch((cause: unknown) => {
        throw new ModelError(
          `${basename(file)} keeps its weights in a second file: expected ${part} in the same folder. Or export it as one file.`,
          'open',
          { cause },
        )
      })
    }
    const sha256 = await sha256OfFile(...[MODEL_FILE, ...weightFiles].map((part) => join(half, part)))
    const licence = about.licence ?? 'unknown: ask whoever made it'
    const source = about.source ?? basename(file)
    const facts = { name, file: MODEL_FILE, sha256, licence, source }
    const drafted = await inference.draft(join(half, MODEL_FILE), facts)
    const manifest = weightFiles.length > 0 ? { ...drafted, weightFiles } : drafted
    parseManifest(manifest, basename(file))
    await inference.open(join(half, MODEL_FILE), manifest)
    await writeFile(join(half, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    await rename(half, target)
    const guessed = manifest.kind === 'detector' && parseClassNames(graph?.metadata.get('names')) === null
    return { name, folder: target, manifest, guessed }
  } catch (error) {
    await rm(half, { recursive: true, force: true })
    throw error
  } finally {
    await inference.close()
  }
}

/** Throws ModelError where the graph looks for its weights elsewhere than beside itself. */
function besideTheGraph(location: string): string {
  const part = normalize(location)
  if (part === basename(part) && part !== MODEL_FILE && part !== 'manifest.json' && !part.startsWith('.')) return part
  throw new ModelError(
    `The graph keeps weights in ${location}: expected a file in its own folder that is not named ${MODEL_FILE}. Export it as one file.`,
  )
}

function nameOf(file: string): string {
  const name = basename(file)
    .replace(/\.onnx$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
  return name.slice(0, 80) || 'model'
}

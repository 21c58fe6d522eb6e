// Models by name. Each has a folder with its weights and manifest.json. A detector and an embedder are opened in one
// inference process.

import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Detector, openDetector } from '../detect.ts'
import { type Embedder, openEmbedder } from '../embed.ts'
import { ModelError } from '../errors.ts'
import { type Inference, type InferenceOptions, openInference } from '../inference/inference.ts'
import { WORKING_SIDE_PX } from '../photos/image.ts'
import { sha256OfFile } from './checksum.ts'
import { type Manifest, parseManifest } from './manifest.ts'

export type Models = {
  detector: Detector
  embedder: Embedder
  /** The longer side of the picture to which photos are decoded: enough for the detector and for most crops. */
  workingSidePx: number
  inference: Inference
  /** Opens one more embedder in the same inference process. Throws ModelError. */
  openEmbedder(name: string): Promise<Embedder>
  /**
   * Opens one more detector in the same inference process, after it ran in one of its own. Of those opened before, only
   * the last one stays open beside it, for what is under way. Throws ModelError.
   */
  openDetector(name: string, options?: DetectorOptions): Promise<Detector>
  close(): Promise<void>
}
/** Null or left out: what the manifest says. */
export type DetectorOptions = { size?: number | null; threshold?: number | null }
export type ModelChoice = {
  /** Folders to look in, in this order: the operator's own, then the bundled ones. */
  folders: readonly string[]
  detector: string
  /**
   * Side of the detector's input in pixels, one of its manifest's `sizes`; null or left out: its own.
   */
  detectorSize?: number | null
  /** Least confidence of its boxes; null or left out: its manifest's typical one. */
  detectorThreshold?: number | null
  embedder: string
} & InferenceOptions
export type ModelFolder = { name: string; folder: string; manifest: Manifest }
/** `fault`: a sentence, where a folder holds no usable model. */
export type ListedModel = ModelFolder | { name: string; folder: string; fault: string }

/** Detectors that stay open: the present one, and the one before for photos whose analysis had begun. */
const MOST_OPEN = 2
/** The folder of the models that come with the project. */
export const BUNDLED_MODELS = dirname(fileURLToPath(import.meta.url))
export const DEFAULT_DETECTOR = 'animal-yolov5lite'
export const DEFAULT_EMBEDDER = 'efficientnet-lite2'

/** Throws ModelError that says which model does not fit, and why. */
export async function openModels(choice: ModelChoice): Promise<Models> {
  const detector = await findModel(choice.folders, choice.detector)
  detector.manifest = adjusted(detector.manifest, { size: choice.detectorSize, threshold: choice.detectorThreshold })
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
    workingSidePx: workingSideFor(detector.manifest),
    inference,
    async openEmbedder(name) {
      const model = await tryModel(choice.folders, name, choice)
      const { manifest } = model
      if (manifest.kind !== 'embedder') throw new ModelError(`Expected an embedder but ${name} is a detector.`)
      await openModel(inference, model)
      return openEmbedder(inference, manifest)
    },
    openDetector: detectorOpener(inference, choice, detector.manifest.sha256),
    close: () => inference.close(),
  }
}

/** `first`: the key of the detector that is open already. */
function detectorOpener(inference: Inference, choice: ModelChoice, first: string): Models['openDetector'] {
  const open = [first]
  return async (name, options = {}) => {
    const model = await tryModel(choice.folders, name, choice, options.size ?? null)
    const manifest = adjusted(model.manifest, options)
    if (manifest.kind !== 'detector') throw new ModelError(`Expected a detector but ${name} is an embedder.`)
    const key = `${manifest.sha256}@${manifest.input.width}x${manifest.input.height}`
    if (!inference.isOpen(key)) await openModel(inference, { ...model, manifest }, key)
    if (!open.includes(key)) open.push(key)
    const gone = open.splice(0, Math.max(0, open.length - MOST_OPEN))
    await Promise.all(gone.map((one) => inference.release(one)))
    return openDetector(inference, manifest, key)
  }
}

/** The longer side of the picture from which a photo's input and crops are made. */
export const workingSideFor = ({ input }: Manifest): number => Math.max(WORKING_SIDE_PX, input.width, input.height)

/** Throws ModelError for a size that the model does not take, or for options of something other than a detector. */
export function adjusted<M extends Manifest>(manifest: M, { size, threshold }: DetectorOptions): M {
  const sized = size ? withSize(manifest, size) : manifest
  if (threshold === undefined || threshold === null || sized.kind !== 'detector') return sized
  return { ...sized, thresholds: { ...sized.thresholds, typical: threshold } }
}

/** Throws ModelError where the model does not take that size. */
export function withSize<M extends Manifest>(manifest: M, side: number): M {
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

/** Of all its weights, in bytes; null where one of the files is missing. */
export async function sizeOnDisk({
  folder,
  manifest,
}: Pick<ModelFolder, 'folder' | 'manifest'>): Promise<number | null> {
  const files = [manifest.file, ...(manifest.weightFiles ?? [])]
  const sizes = await Promise.all(files.map((file) => stat(join(folder, file)).catch(() => null)))
  return sizes.reduce((sum: number | null, one) => (sum === null || one === null ? null : sum + one.size), 0)
}

/** Throws ModelError where the weights are not those that the manifest names, or the model does not run. */
export async function openModel(
  inference: Inference,
  { folder, manifest }: ModelFolder,
  key = manifest.sha256,
): Promise<void> {
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
  await inference.open(join(folder, file), manifest, key)
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

// Models that people bring: each gets a folder of its own, with a manifest guessed from its graph.

import { copyFile, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, normalize } from 'node:path'
import { ModelError } from '../errors.ts'
import { type InferenceOptions, openInference } from '../inference/inference.ts'
import { sha256OfFile } from './checksum.ts'
import { namesIn } from './class-names.ts'
import { readGraphFile } from './graph-file.ts'
import { type EmbedderManifest, type Manifest, parseManifest } from './manifest.ts'
import { listModels, type ModelFolder } from './models.ts'
import { refuseOtherFiles } from './not-onnx.ts'

const MODEL_FILE = 'model.onnx'

/** `corrections`: what its source says of it and its graph does not. */
export type NewModel = { name?: string; licence?: string; source?: string; corrections?: Corrections }
export type Corrections = {
  description?: string
  input?: Partial<Pick<Manifest['input'], 'range' | 'mean' | 'std'>>
  transform?: EmbedderManifest['transform']
}

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
  await refuseOtherFiles(file, basename(file))
  const graph = readGraphFile(file)
  const weightFiles = (graph?.weightFiles ?? []).map(besideTheGraph)
  const inference = openInference(running)
  const half = `${target}.new`
  try {
    await mkdir(half, { recursive: true })
    await copyFile(file, join(half, MODEL_FILE)).catch((cause: unknown) => {
      throw new ModelError(`The model file ${file} is missing or cannot be read.`, 'open', { cause })
    })
    for (const part of weightFiles) await copyWeights(file, part, half)
    const sha256 = await sha256OfFile(...[MODEL_FILE, ...weightFiles].map((part) => join(half, part)))
    const licence = about.licence ?? 'unknown: ask whoever made it'
    const source = about.source ?? basename(file)
    const facts = { name, file: MODEL_FILE, sha256, licence, source }
    const drafted = await inference.draft(join(half, MODEL_FILE), facts)
    const { input, ...corrected } = about.corrections ?? {}
    const manifest = parseManifest(
      {
        ...drafted,
        ...corrected,
        input: { ...drafted.input, ...input },
        ...(weightFiles.length > 0 && { weightFiles }),
      },
      basename(file),
    )
    await inference.open(join(half, MODEL_FILE), manifest)
    await writeFile(join(half, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    await rename(half, target)
    const guessed = manifest.kind === 'detector' && namesIn(graph?.metadata) === null
    return { name, folder: target, manifest, guessed }
  } catch (error) {
    await rm(half, { recursive: true, force: true })
    throw error
  } finally {
    await inference.close()
  }
}

async function copyWeights(graphFile: string, part: string, to: string): Promise<void> {
  const from = join(dirname(graphFile), part)
  try {
    if (!(await stat(from)).isFile()) throw new Error(`${part} is no file.`)
    await copyFile(from, join(to, part))
  } catch (cause) {
    throw new ModelError(
      `${basename(graphFile)} keeps its weights in a second file: expected ${part} in the same folder. Or export it as one file.`,
      'open',
      { cause },
    )
  }
}

const MAX_NAME = 200

/** Throws ModelError where the graph looks for its weights elsewhere than beside itself. */
function besideTheGraph(location: string): string {
  const part = normalize(location)
  const isName = part === basename(part) && part.length <= MAX_NAME && !/[\p{Cc}\\]/u.test(part)
  if (isName && part !== MODEL_FILE && part !== 'manifest.json' && !part.startsWith('.')) return part
  const said = location.slice(0, 100).replace(/\p{Cc}/gu, '?')
  throw new ModelError(
    `The graph keeps weights in "${said}": expected a file in its own folder that is not named ${MODEL_FILE}. Export it as one file.`,
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

// Which embedder a new installation begins with. An embedder computed in 8-bit numbers takes half the time on some
// processors, but not on all, and some older ones compute other numbers. So it is tried on a drawn picture before it is
// chosen.

import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Embedder, openEmbedder } from '../embed.ts'
import { ModelError } from '../errors.ts'
import { openInference } from '../inference/inference.ts'
import type { Running } from '../inference/worker.ts'
import { DEFAULT_EMBEDDER, findModel, listModels, type ModelFolder, openModel } from './models.ts'

/** `why` is a sentence without its full stop. */
export type FirstEmbedder = { name: string; why: string }
/** `cosine`: of the quicker net's check embedding with the one that its manifest names; milliseconds per crop. */
export type Trial = { cosine: number; leastCosine: number; quickMs: number; exactMs: number }

/**
 * Runs of each net, in turns: the fastest of them is its time. A busy machine that takes long stops after the fewest.
 */
const RUNS = { most: 20, fewest: 5, withinMs: 600 }
/** A difference within a tenth is noise, and then the exact net is the better one. */
const CLEARLY_QUICKER = 0.9

/** `trial`: null on a GPU, where nothing is tried. */
export function chooseFirst(names: { exact: string; quick: string }, trial: Trial | null): FirstEmbedder {
  const { exact, quick } = names
  if (trial === null) return { name: exact, why: `${quick} is for processors, and this installation runs on a GPU` }
  const { cosine, leastCosine, quickMs, exactMs } = trial
  const times = `${quickMs.toFixed(1)} ms per crop, ${exact} ${exactMs.toFixed(1)} ms`
  // Written so that NaN counts as disagreement.
  if (!(cosine >= leastCosine)) {
    return {
      name: exact,
      why: `${quick} computes other numbers on this processor (cosine ${cosine.toFixed(4)}, expected ${leastCosine})`,
    }
  }
  if (quickMs > exactMs * CLEARLY_QUICKER) return { name: exact, why: `${quick} is not quicker here: ${times}` }
  return { name: quick, why: `it computes the expected numbers here and is quicker: ${times}` }
}

/** Tries the default embedder and the one that may stand in for it. A net that cannot be tried is not chosen. */
export async function firstEmbedder(
  folders: readonly string[],
  running: Running,
  exactName: string = DEFAULT_EMBEDDER,
): Promise<FirstEmbedder> {
  try {
    const exact = await findModel(folders, exactName)
    const quick = await quickerThan(exact)
    if (quick === null) return { name: exactName, why: 'no other model stands in for it' }
    const names = { exact: exact.name, quick: quick.name }
    return chooseFirst(names, running.device === 'cpu' ? await tryBoth(exact, quick, running) : null)
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    return { name: exactName, why: `no other one could be tried: ${error.message.replace(/\.$/, '')}` }
  }
}

/**
 * It is searched in the same folder of models, because an operator's own model of a bundled name has no bundled one
 * standing in for it.
 */
async function quickerThan(exact: ModelFolder): Promise<ModelFolder | null> {
  const beside = await listModels([dirname(exact.folder)])
  for (const model of beside) {
    if ('fault' in model || model.manifest.kind !== 'embedder') continue
    if (model.manifest.insteadOf === exact.name && model.manifest.check) return model
  }
  return null
}

async function tryBoth(exact: ModelFolder, quick: ModelFolder, running: Running): Promise<Trial> {
  const inference = openInference(running)
  try {
    const open = async (model: ModelFolder): Promise<Embedder> => {
      const { manifest } = model
      if (manifest.kind !== 'embedder') throw new ModelError(`Expected an embedder but ${manifest.name} is a detector.`)
      await openModel(inference, model)
      return openEmbedder(inference, manifest)
    }
    const nets = [await open(quick), await open(exact)] as const
    const agreement = await agreementOf(nets[0], quick.folder)
    if (agreement === null) throw new ModelError(`The manifest of ${quick.name} names no check.`)
    const pictures = nets.map((net) => checkPicture(net.inputSize))
    const fastest = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    const startedAt = performance.now()
    const inTime = () => performance.now() - startedAt < RUNS.withinMs
    for (let run = 0; run < RUNS.fewest || (run < RUNS.most && inTime()); run++) {
      for (const [i, net] of nets.entries()) {
        const begun = performance.now()
        await net.embed([pictures[i]!])
        fastest[i] = Math.min(fastest[i]!, performance.now() - begun)
      }
    }
    return { ...agreement, quickMs: fastest[0]!, exactMs: fastest[1]! }
  } finally {
    await inference.close()
  }
}

/**
 * How near this machine comes to the embedding that the manifest names; null where it names none. Throws ModelError.
 */
export async function agreementOf(
  embedder: Embedder,
  folder: string,
): Promise<{ cosine: number; leastCosine: number } | null> {
  const { check, name } = embedder.manifest
  if (!check) return null
  const file = join(folder, check.file)
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new ModelError(`The check of ${name} is missing: expected ${file}.`, 'open', { cause })
  })
  if (bytes.length !== 4 * embedder.dimensions) {
    throw new ModelError(`Expected ${4 * embedder.dimensions} bytes in ${file} but received ${bytes.length}.`)
  }
  const [found] = await embedder.embed([checkPicture(embedder.inputSize)])
  let cosine = 0
  for (const [i, value] of found!.entries()) cosine += value * bytes.readFloatLE(4 * i)
  return { cosine, leastCosine: check.cosine }
}

/**
 * A picture that every machine can draw: two waves per colour, as RGB. `export/quantise_efficientnet_lite.py` draws the
 * same.
 */
export function checkPicture(side: number): Uint8Array {
  const pixels = new Uint8Array(3 * side * side)
  let at = 0
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (let c = 0; c < 3; c++) {
        const waves = 80 * Math.sin((x * (c + 2)) / 31 + y / 23) + 45 * Math.sin((x * y) / (300 * (c + 1)))
        pixels[at++] = Math.floor(127.5 + waves + 0.5)
      }
    }
  }
  return pixels
}

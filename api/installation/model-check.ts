// Whether the models can do their work here: weights as their manifests say, each run once, and an embedder that
// computes the numbers that its manifest expects. `npm run doctor` and the page of models ask the same.

import { ModelError } from '../../indexer/errors.ts'
import { agreementOf } from '../../indexer/models/first-embedder.ts'
import { findModel, openModels } from '../../indexer/models/models.ts'
import type { Config } from '../config.ts'
import { modelFolders } from './model-choice.ts'

export type ModelFinding = {
  part: 'models' | 'device'
  status: 'ok' | 'warn' | 'fail'
  found: string
  /** What to do, as a sentence; null where nothing needs to be done. */
  fix: string | null
}
/** `why`: the reason why a new installation began with this embedder. */
export type CheckedNames = { detector: string; detectorSize?: number | null; embedder: string; why: string | null }

const finding = (part: ModelFinding['part'], status: ModelFinding['status'], found: string, fix: string | null) => ({
  part,
  status,
  found,
  fix,
})

/** Weights are compared with their sha256, opened on the device and run once, in a process of their own. */
export async function checkModels(config: Config, names: CheckedNames): Promise<ModelFinding[]> {
  const { device, deviceId, threads } = config
  const on = device === 'cpu' ? `cpu, ${threads} threads` : `${device}, number ${deviceId}`
  try {
    const models = await openModels({ folders: modelFolders(config), ...names, threads, device, deviceId })
    const { folder } = await findModel(modelFolders(config), names.embedder)
    const agreement = await agreementOf(models.embedder, folder).finally(() => models.close())
    return [judgeModels(names, agreement), finding('device', 'ok', on, null)]
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    if (device !== 'cpu' && /DEVICE(_ID)? is/.test(error.message))
      return [
        finding('models', 'warn', 'not tried: the device does not work', 'Make the device work first.'),
        finding('device', 'fail', on, error.message),
      ]
    return [
      finding(
        'models',
        'fail',
        error.message,
        'Choose others (npm run models -- list, then use NAME), or bring these back: npm ci for bundled ones, npm run models -- add or fetch for others.',
      ),
      finding('device', 'ok', on, null),
    ]
  }
}

function judgeModels(
  { detector, embedder, why }: CheckedNames,
  agreement: { cosine: number; leastCosine: number } | null,
): ModelFinding {
  const reason = why === null ? '' : `; ${embedder} is chosen because ${why}`
  const found = `${detector} and ${embedder}: weights as their manifests say, each ran once${reason}`
  if (agreement === null || agreement.cosine >= agreement.leastCosine) return finding('models', 'ok', found, null)
  return finding(
    'models',
    'warn',
    `${found}; ${embedder} computes other numbers on this processor (cosine ${agreement.cosine.toFixed(4)} with the expected ones)`,
    'Run this process on another machine, or change the model: npm run models -- list, then use NAME.',
  )
}

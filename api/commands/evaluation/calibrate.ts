// `npm run models -- calibrate` writes reference statistics of a labelled library into the embedder's folder:
// covariances and calibration from which an installation with few examples of its own starts, until it has enough.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { estimate } from '../../../classifiers/fitting/estimate.ts'
import { encodeStatistics } from '../../../classifiers/statistics-bytes.ts'
import { NO_THRESHOLDS } from '../../../classifiers/thresholds.ts'
import { DEFAULT_DETECTOR, DEFAULT_EMBEDDER, findModel, openModels } from '../../../indexer/models/models.ts'
import type { Config } from '../../config.ts'
import { modelFolders } from '../../installation/model-choice.ts'
import { withProgress } from '../progress.ts'
import { readLibrary } from './library.ts'

const FILE = 'reference.bin'

/** Throws UsageError for a CSV of another shape, ModelError for an unknown embedder. */
export async function calibrate(csv: string, embedder: string | null, config: Config): Promise<void> {
  const folders = modelFolders(config)
  const { threads, device } = config
  const models = await openModels({
    folders,
    detector: DEFAULT_DETECTOR,
    embedder: embedder ?? DEFAULT_EMBEDDER,
    threads,
    device,
  })
  try {
    const library = await withProgress('photos', (say) => readLibrary(csv, models, say))
    const taught = library.photos.filter(({ test }) => !test)
    const statistics = estimate({ taxonomy: library.taxa, examples: taught, reference: null, alone: true })
    const { folder } = await findModel(folders, models.embedder.name)
    // An installation calibrates its stops with its own answers only.
    const reference = { ...statistics, thresholds: NO_THRESHOLDS }
    await writeFile(join(folder, FILE), encodeStatistics(reference))
    const manifest = join(folder, 'manifest.json')
    const facts = JSON.parse(await readFile(manifest, 'utf8'))
    await writeFile(manifest, `${JSON.stringify({ ...facts, reference: FILE }, null, 2)}\n`)
    console.log(
      `${join(folder, FILE)}: ${taught.length} photos of ${statistics.species} taxa, ${statistics.size} dimensions.`,
    )
  } finally {
    await models.close()
  }
}

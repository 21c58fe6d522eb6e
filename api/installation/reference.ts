// The statistics of an embedder's features before anything is taught, for version 0 of the tree: the reference file of
// its model folder, or those of features about which nothing is known.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { estimate } from '../../classifiers/fitting/estimate.ts'
import type { Statistics } from '../../classifiers/statistics.ts'
import { decodeStatistics } from '../../classifiers/statistics-bytes.ts'
import { ModelError } from '../../indexer/errors.ts'
import { findModel } from '../../indexer/models/models.ts'

/** Throws ModelError when the file that the manifest names is missing, broken or of another embedder. */
export async function readReference(folders: readonly string[], embedder: string): Promise<Statistics> {
  const { folder, manifest } = await findModel(folders, embedder)
  if (manifest.kind !== 'embedder') throw new ModelError(`Expected an embedder but ${embedder} is a detector.`)
  const { dimensions, reference } = manifest
  if (reference === undefined) return estimate({ taxonomy: [], examples: [], reference: null, dimensions })
  const file = join(folder, reference)
  try {
    const statistics = decodeStatistics(await readFile(file))
    if (statistics.dimensions === dimensions) return statistics
    throw new ModelError(`${file} is of ${statistics.dimensions} numbers per crop but ${embedder} makes ${dimensions}.`)
  } catch (cause) {
    if (cause instanceof ModelError) throw cause
    throw new ModelError(`The reference statistics ${file} cannot be read.`, 'open', { cause })
  }
}

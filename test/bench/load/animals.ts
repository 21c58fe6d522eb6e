// The library of generated animals that a server under load knows.

import { openProgress } from '../../../api/commands/progress.ts'
import { readReference } from '../../../api/installation/reference.ts'
import { random } from '../../../classifiers/seeded-random.ts'
import { encodeStatistics } from '../../../classifiers/statistics-bytes.ts'
import { openDatabase } from '../../../db/connection/connect.ts'
import { addMedia } from '../../../db/photos/add-media.ts'
import { type StoredDetection, storeAnalysis } from '../../../db/photos/analysis.ts'
import { ensurePath } from '../../../db/taxonomy/paths.ts'
import { countDetectionLessons } from '../../../db/trees/lessons.ts'
import { ensureModel } from '../../../db/trees/models.ts'
import { insertVersion, publishVersion } from '../../../db/trees/trees.ts'
import { BUNDLED_MODELS, DEFAULT_DETECTOR, DEFAULT_EMBEDDER, findModel } from '../../../indexer/models/models.ts'

const SPECIES = 40

export type Known = { detectionIds: string[]; taxonIds: string[] }

/** Stores animals with embeddings around their species', four of five named, and publishes a tree that knows them. */
export async function fillLibrary(url: string, animals: number): Promise<Known> {
  const database = await openDatabase(url)
  const { db } = database
  const progress = openProgress(animals, 'animals')
  try {
    for (const name of [DEFAULT_DETECTOR, DEFAULT_EMBEDDER]) {
      const { manifest } = await findModel([BUNDLED_MODELS], name)
      await ensureModel(db, { name, sha256: manifest.sha256, kind: manifest.kind, manifest })
    }
    const { manifest } = await findModel([BUNDLED_MODELS], DEFAULT_EMBEDDER)
    const reference = await readReference([BUNDLED_MODELS], DEFAULT_EMBEDDER)
    const next = random(1)
    const draw = () => Float32Array.from({ length: reference.dimensions }, () => next() ** 4)
    const means = Array.from({ length: SPECIES }, draw)
    const taxonIds: number[] = []
    for (let i = 0; i < SPECIES; i++)
      taxonIds.push(
        await ensurePath(db, [
          { rank: 'class', name: `Class ${i % 3}` },
          { rank: 'genus', name: `Genus ${i % 12}` },
          { rank: 'species', name: `Species ${i}` },
        ]),
      )
    const detectionIds: string[] = []
    for (let i = 0; i < animals; i++) {
      const species = i % SPECIES
      const noise = draw()
      const values = means[species]!.map((value, j) => value + 0.7 * noise[j]!)
      const length = Math.hypot(...values)
      const label = i % 5 === 0 ? null : { taxonId: taxonIds[species]!, person: 'import:generated' }
      const sha256 = i.toString(16).padStart(64, '0')
      const { id } = await addMedia(db, { sha256, filename: `${i}.jpg`, mimeType: 'image/jpeg', bytes: 1, label })
      const embedding = values.map((value) => value / length)
      const found: StoredDetection = {
        kind: 'animal',
        source: 'detector',
        bbox: [0.1, 0.1, 0.5, 0.5],
        confidence: 0.9,
        embedding,
      }
      const analysis = { width: 4000, height: 3000, detections: [found] }
      const stored = await storeAnalysis(db, id, analysis, { detectorSha256: null, embedderSha256: manifest.sha256 })
      detectionIds.push(...stored.detectionIds.map(String))
      progress.update(i + 1, '')
    }
    const version = await insertVersion(db, {
      modelSha256: manifest.sha256,
      statistics: encodeStatistics(reference, { moments: false }),
      lessons: await countDetectionLessons(db),
      examples: animals,
    })
    await publishVersion(db, version)
    return { detectionIds, taxonIds: taxonIds.map(String) }
  } finally {
    progress.stop()
    await database.close()
  }
}

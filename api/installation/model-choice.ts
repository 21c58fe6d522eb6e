// Which models are used, and the folders they are in: what the environment says, else what `npm run models -- use`
// stored.

import { join } from 'node:path'
import { z } from 'zod'
import type { Db } from '../../db/connection/connect.ts'
import { addToSetting, getSetting, setSetting } from '../../db/settings.ts'
import { listModels } from '../../db/trees/models.ts'
import type { FirstEmbedder } from '../../indexer/models/first-embedder.ts'
import { BUNDLED_MODELS, DEFAULT_DETECTOR, DEFAULT_EMBEDDER } from '../../indexer/models/models.ts'
import type { Config } from '../config.ts'

/** The setting in the database that keeps the choice. */
export const MODEL_CHOICE_KEY = 'models'
const choiceSchema = z.object({
  detector: z.string().optional(),
  /** Side of the detector's input in pixels; left out: its own. */
  detectorSize: z.number().int().optional(),
  /** Least confidence of the detector's boxes; left out: its manifest's. */
  detectorThreshold: z.number().optional(),
  embedder: z.string().optional(),
  /** Why a new installation began with this embedder. */
  why: z.string().optional(),
  /** The embedder that is being changed to. */
  next: z.string().optional(),
  /** A person wants it even where it answers worse. */
  anyway: z.boolean().optional(),
  /** The embedder that was refused last, and why. */
  refused: z.object({ name: z.string(), reasons: z.array(z.string()) }).optional(),
})
export type StoredModelChoice = z.infer<typeof choiceSchema>

/** The operator's own models first, then the bundled ones. */
export function modelFolders(config: Pick<Config, 'dataDir'>): string[] {
  return [join(config.dataDir, 'models'), BUNDLED_MODELS]
}

/** Detectors of earlier versions that are gone; whoever used them gets the default one. */
const RETIRED = ['animal-yolov5n']

/** Settings of the environment that name models; one that is left out or null leaves the choice to what is stored. */
type ModelSettings = Pick<Config, 'detector' | 'embedder'> & Partial<Pick<Config, 'detectorSize'>>

/**
 * An installation keeps the models that it began with until it is told to change.
 * `tryEmbedders` says which embedder a new installation begins with.
 */
export async function chosenModels(db: Db, config: ModelSettings, tryEmbedders?: () => Promise<FirstEmbedder>) {
  let stored = await readModelChoice(db)
  if (stored.detector === undefined || stored.embedder === undefined) {
    const isNew = stored.embedder === undefined && config.embedder === null && !(await hasEmbedder(db))
    const first = isNew && tryEmbedders ? await tryEmbedders() : null
    const began = first ? { embedder: first.name, why: first.why } : { embedder: DEFAULT_EMBEDDER }
    stored = parseModelChoice(await addToSetting(db, MODEL_CHOICE_KEY, { detector: DEFAULT_DETECTOR, ...began }))
  }
  const { detector = DEFAULT_DETECTOR, embedder = DEFAULT_EMBEDDER } = stored
  // The stored size and threshold were chosen for the stored detector; the environment may name one that cannot take
  // that size.
  const isStored = config.detector === null || config.detector === detector
  return {
    detector: config.detector ?? detector,
    detectorSize: config.detectorSize ?? (isStored ? stored.detectorSize : null) ?? null,
    detectorThreshold: (isStored ? stored.detectorThreshold : null) ?? null,
    embedder: config.embedder ?? embedder,
    /** The embedder to change to while the present one serves; a setting of the environment overrides it. */
    next: config.embedder === null ? (stored.next ?? null) : null,
    anyway: stored.anyway ?? false,
  }
}

/**
 * Takes effect at once: for a detector, and for an embedder whose vectors are all there.
 * `size`: the side of the detector's input in pixels; `threshold`: the least confidence of its boxes; null: its own.
 */
export async function chooseModel(
  db: Db,
  kind: 'detector' | 'embedder',
  name: string,
  { size = null, threshold = null }: { size?: number | null; threshold?: number | null } = {},
): Promise<void> {
  const { next, anyway, refused, detectorSize, detectorThreshold, why, ...stored } = await readModelChoice(db)
  const kept =
    kind === 'detector'
      ? {
          ...(next !== undefined && { next }),
          ...(anyway !== undefined && { anyway }),
          ...(refused !== undefined && { refused }),
          ...(size !== null && { detectorSize: size }),
          ...(threshold !== null && { detectorThreshold: threshold }),
          ...(why !== undefined && { why }),
        }
      : { ...(detectorSize && { detectorSize }), ...(detectorThreshold && { detectorThreshold }) }
  await setSetting(db, MODEL_CHOICE_KEY, { ...stored, ...kept, [kind]: name })
}

/** The embedder to change to in the background; null: none. `anyway`: even where it answers worse. */
export async function chooseNext(db: Db, name: string | null, { anyway = false } = {}): Promise<void> {
  const { next: _, anyway: __, refused: ___, ...stored } = await readModelChoice(db)
  await setSetting(db, MODEL_CHOICE_KEY, name === null ? stored : { ...stored, next: name, ...(anyway && { anyway }) })
}

/** The change to this embedder ends, and the present one stays. */
export async function refuseNext(db: Db, name: string, reasons: string[]): Promise<void> {
  await chooseNext(db, null)
  await setSetting(db, MODEL_CHOICE_KEY, { ...(await readModelChoice(db)), refused: { name, reasons } })
}

/** Whether this installation may have vectors already. */
async function hasEmbedder(db: Db): Promise<boolean> {
  return (await listModels(db)).some(({ kind }) => kind === 'embedder')
}

export async function readModelChoice(db: Db): Promise<StoredModelChoice> {
  return parseModelChoice(await getSetting(db, MODEL_CHOICE_KEY))
}

/** Empty where nothing was chosen. */
export function parseModelChoice(stored: unknown): StoredModelChoice {
  const choice = choiceSchema.safeParse(stored).data ?? {}
  return choice.detector !== undefined && RETIRED.includes(choice.detector)
    ? { ...choice, detector: DEFAULT_DETECTOR }
    : choice
}

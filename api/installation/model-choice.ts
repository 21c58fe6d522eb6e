// Which models are used. In: the settings, and what `npm run models -- use` chose. Out: names and the folders they are in.

import { join } from 'node:path'
import { z } from 'zod'
import type { Db } from '../../db/connection/connect.ts'
import { getSetting, setSetting } from '../../db/settings.ts'
import { BUNDLED_MODELS, DEFAULT_DETECTOR, DEFAULT_EMBEDDER } from '../../indexer/models/models.ts'
import type { Config } from '../config.ts'

/** The setting that keeps it. */
export const CHOICE_KEY = 'models'
const choiceSchema = z.object({
  detector: z.string().optional(),
  /** Side in pixels of the picture that the detector looks at; left out: its own. */
  detectorSize: z.number().int().optional(),
  embedder: z.string().optional(),
  /** The embedder that is being changed to. */
  next: z.string().optional(),
})
export type Choice = z.infer<typeof choiceSchema>

/** The operator's own models first, then the bundled ones. */
export function modelFolders(config: Pick<Config, 'dataDir'>): string[] {
  return [join(config.dataDir, 'models'), BUNDLED_MODELS]
}

/** Detectors that came with earlier versions and have gone; whoever used them gets the one that replaces them. */
const RETIRED = ['animal-yolov5n']

/** Settings of the environment that name models; each left out or null leaves the choice to what is stored. */
type ModelSettings = Pick<Config, 'detector' | 'embedder'> & Partial<Pick<Config, 'detectorSize'>>

/** The environment, else the stored choice. An installation keeps the models that it began with until it is told to change. */
export async function chosenModels(db: Db, config: ModelSettings) {
  const stored = await storedChoice(db)
  const { detector = DEFAULT_DETECTOR, embedder = DEFAULT_EMBEDDER } = stored
  if (stored.detector === undefined || stored.embedder === undefined) {
    await setSetting(db, CHOICE_KEY, { ...stored, detector, embedder })
  }
  // A size was chosen for the stored detector: another one that the environment names may not take it.
  const storedSize = config.detector === null || config.detector === detector ? stored.detectorSize : undefined
  return {
    detector: config.detector ?? detector,
    detectorSize: config.detectorSize ?? storedSize ?? null,
    embedder: config.embedder ?? embedder,
    /** To be changed to while the other serves; a setting wins over it. */
    next: config.embedder === null ? (stored.next ?? null) : null,
  }
}

/** At once: for a detector, with the size it is to look at (null: its own), and for an embedder whose vectors are all there. */
export async function chooseModel(
  db: Db,
  kind: 'detector' | 'embedder',
  name: string,
  detectorSize: number | null = null,
): Promise<void> {
  const { next, detectorSize: size, ...stored } = await storedChoice(db)
  const kept =
    kind === 'detector'
      ? { ...(next === undefined ? {} : { next }), ...(detectorSize === null ? {} : { detectorSize }) }
      : size === undefined
        ? {}
        : { detectorSize: size }
  await setSetting(db, CHOICE_KEY, { ...stored, ...kept, [kind]: name })
}

/** The embedder to change to in the background; null: none. */
export async function chooseNext(db: Db, name: string | null): Promise<void> {
  const { next: _, ...stored } = await storedChoice(db)
  await setSetting(db, CHOICE_KEY, name === null ? stored : { ...stored, next: name })
}

async function storedChoice(db: Db): Promise<Choice> {
  return parseChoice(await getSetting(db, CHOICE_KEY))
}

/** What was chosen, as far as anything was. */
export function parseChoice(stored: unknown): Choice {
  const choice = choiceSchema.safeParse(stored).data ?? {}
  return choice.detector !== undefined && RETIRED.includes(choice.detector)
    ? { ...choice, detector: DEFAULT_DETECTOR }
    : choice
}

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
  embedder: z.string().optional(),
  /** The embedder that is being changed to. */
  next: z.string().optional(),
})
export type Choice = z.infer<typeof choiceSchema>

/** The operator's own models first, then the bundled ones. */
export function modelFolders(config: Pick<Config, 'dataDir'>): string[] {
  return [join(config.dataDir, 'models'), BUNDLED_MODELS]
}

/** The environment, else the stored choice. An installation keeps the models that it began with until it is told to change. */
export async function chosenModels(db: Db, config: Pick<Config, 'detector' | 'embedder'>) {
  const stored = await storedChoice(db)
  const { detector = DEFAULT_DETECTOR, embedder = DEFAULT_EMBEDDER } = stored
  if (stored.detector === undefined || stored.embedder === undefined) {
    await setSetting(db, CHOICE_KEY, { ...stored, detector, embedder })
  }
  return {
    detector: config.detector ?? detector,
    embedder: config.embedder ?? embedder,
    /** To be changed to while the other serves; a setting wins over it. */
    next: config.embedder === null ? (stored.next ?? null) : null,
  }
}

/** At once: for a detector, and for an embedder whose vectors are all there. */
export async function chooseModel(db: Db, kind: 'detector' | 'embedder', name: string): Promise<void> {
  const { next, ...stored } = await storedChoice(db)
  await setSetting(db, CHOICE_KEY, { ...stored, ...(kind === 'detector' && next ? { next } : {}), [kind]: name })
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
  return choiceSchema.safeParse(stored).data ?? {}
}

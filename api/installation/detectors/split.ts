// Which of the settled photos a detector is trained with, and which are kept out to compare detectors on. What was
// exported once stays apart: the rule is kept, and a camera that came later is held out.

import { z } from 'zod'
import { hash } from '../../../classifiers/fitting/folds.ts'
import type { Db } from '../../../db/connection/connect.ts'
import type { SettledPhoto } from '../../../db/photos/boxed.ts'
import { getSetting, setSetting } from '../../../db/settings.ts'

const KEY = 'detectorSet'
const ruleSchema = z.discriminatedUnion('by', [
  z.object({ by: z.literal('camera'), trained: z.array(z.string()) }),
  z.object({ by: z.literal('group') }),
])
export type SplitRule = z.infer<typeof ruleSchema>
type Split = 'train' | 'val'

/** With fewer cameras, one held out would be too large a part, or none. */
const LEAST_CAMERAS = 5
/** Of groups; of cameras at least this share of the photos, because they are few and of different sizes. */
const HELD_OUT_SHARE = 0.2
const LEAST_SHARE = 1 / 6
/** A camera with more of the photos than this is trained with. */
const MOST_SHARE = 0.4

const cameraOf = ({ camera, group }: Pick<SettledPhoto, 'camera' | 'group'>) => camera ?? group

/** By camera where there are enough of them, so that the comparison says what a new camera would meet. */
export function chooseRule(photos: readonly Pick<SettledPhoto, 'camera' | 'group'>[]): SplitRule {
  const counts = new Map<string, number>()
  for (const photo of photos) counts.set(cameraOf(photo), (counts.get(cameraOf(photo)) ?? 0) + 1)
  if (new Set(photos.flatMap(({ camera }) => camera ?? [])).size < LEAST_CAMERAS) return { by: 'group' }
  const inOrder = [...counts].sort(([a], [b]) => hash(a) - hash(b) || (a < b ? -1 : 1))
  let heldOut = 0
  const trained = inOrder.flatMap(([camera, count]) => {
    if (heldOut >= LEAST_SHARE * photos.length || heldOut + count > MOST_SHARE * photos.length) return [camera]
    heldOut += count
    return []
  })
  return { by: 'camera', trained: trained.sort() }
}

export function splitOf(rule: SplitRule, photo: Pick<SettledPhoto, 'camera' | 'group'>): Split {
  if (rule.by === 'camera') return rule.trained.includes(cameraOf(photo)) ? 'train' : 'val'
  return hash(photo.group) % Math.round(1 / HELD_OUT_SHARE) === 0 ? 'val' : 'train'
}

/** Null before anything was exported. */
export const storedRule = async (db: Db): Promise<SplitRule | null> =>
  ruleSchema.safeParse(await getSetting(db, KEY)).data ?? null

export const keepRule = async (db: Db, rule: SplitRule): Promise<void> => await setSetting(db, KEY, rule)

// The data set to train a detector with: settled photos as YOLO has them, split so that the comparison afterwards is
// honest, with a README, a script and a notebook.

import { hash } from '../../../classifiers/fitting/folds.ts'
import { type SettledPhoto, settledPhotos } from '../../../db/photos/boxed.ts'
import type { DetectorSet } from '../../contract/models/detector.ts'
import { Problem } from '../../http/problem.ts'
import { textOf, type WrittenFile } from '../../interchange/exchange/writers/writer.ts'
import { writeYoloSet, type YoloPhoto } from '../../interchange/exchange/writers/yolo.ts'
import type { Service } from '../../service.ts'
import { LEAST_BOXES } from './compare.ts'
import { chooseRule, keepRule, type SplitRule, splitOf, storedRule } from './split.ts'
import { licencesOf, notebookOf, readmeOf, type SetFacts, scriptOf } from './training-files.ts'

type Deps = Pick<Service, 'db' | 'photos'>

/** One empty photo to nine others: a tenth of all. */
const OTHERS_PER_EMPTY = 9
const CLASSES = ['animal', 'person', 'vehicle'] as const

export type Chosen = {
  rule: SplitRule
  /** Whether a set was exported by this rule, so that detectors may have been trained with one half. */
  exported: boolean
  photos: SettledPhoto[]
}

/** A tenth of the photos at most is empty: the ones of smallest hash, so that it is the same choice every time. */
export async function choosePhotos({ db }: Pick<Deps, 'db'>): Promise<Chosen> {
  const boxed: SettledPhoto[] = []
  const empty: SettledPhoto[] = []
  for await (const page of settledPhotos(db))
    for (const photo of page) (photo.boxes.some(({ kind }) => kind === 'animal') ? boxed : empty).push(photo)
  const inOrder = empty.map((photo) => ({ photo, order: hash(photo.sha256) })).sort((a, b) => a.order - b.order)
  const kept = inOrder.slice(0, Math.floor(boxed.length / OTHERS_PER_EMPTY)).map(({ photo }) => photo)
  const photos = [...boxed, ...kept].sort((a, b) => a.id - b.id)
  const stored = await storedRule(db)
  return { photos, exported: stored !== null, rule: stored ?? chooseRule(photos) }
}

export const animalsOf = ({ boxes }: SettledPhoto) => boxes.flatMap((box) => (box.kind === 'animal' ? [box.bbox] : []))
const countBoxes = (photos: readonly SettledPhoto[]) => photos.reduce((sum, photo) => sum + animalsOf(photo).length, 0)

export function factsOf({ rule, photos }: Chosen): DetectorSet {
  const heldOut = photos.filter((photo) => splitOf(rule, photo) === 'val')
  return {
    photos: photos.length,
    boxes: countBoxes(photos),
    empties: photos.filter(({ boxes }) => boxes.length === 0).length,
    cameras: new Set(photos.flatMap(({ camera }) => camera ?? [])).size,
    groups: new Set(photos.map(({ group }) => group)).size,
    heldOut: { photos: heldOut.length, boxes: countBoxes(heldOut) },
    by: rule.by,
    leastHeldOut: LEAST_BOXES,
  }
}

/** The files, and the rule of their split is kept. Throws a Problem where there is nothing to train with. */
export async function writeTrainingSet(deps: Deps): Promise<AsyncIterable<WrittenFile>> {
  const chosen = await choosePhotos(deps)
  const { photos, boxes, empties, heldOut, by } = factsOf(chosen)
  if (boxes === 0 || heldOut.boxes === 0 || heldOut.photos === photos)
    throw new Problem(
      422,
      'Expected photos whose boxes are all named or marked, from several bursts or cameras, but there are too few. Review more photos first.',
    )
  await keepRule(deps.db, chosen.rule)
  const found = new Set(chosen.photos.flatMap((photo) => photo.boxes.map(({ kind }) => kind)))
  const classes = CLASSES.filter((name) => name === 'animal' || found.has(name))
  return filesOf(deps, chosen, { photos, boxes, empties, heldOut: heldOut.photos, by, classes, createdAt: new Date() })
}

async function* filesOf(deps: Deps, chosen: Chosen, facts: SetFacts): AsyncGenerator<WrittenFile> {
  yield { path: 'README.md', content: textOf(readmeOf(facts)) }
  yield { path: 'LICENCES.md', content: textOf(licencesOf(facts)) }
  yield { path: 'train.sh', content: textOf(scriptOf()) }
  yield { path: 'train.ipynb', content: textOf(notebookOf(facts)) }
  yield* writeYoloSet(yoloPhotos(deps, chosen), facts.classes)
}

async function* yoloPhotos({ photos: store }: Deps, { photos, rule }: Chosen): AsyncGenerator<YoloPhoto> {
  for (const photo of photos)
    yield {
      id: String(photo.id),
      path: photo.filename.replaceAll('\\', '/').replace(/^([/.~]+)/, ''),
      split: splitOf(rule, photo),
      boxes: photo.boxes.map(({ kind, bbox }) => ({ name: kind, bbox })),
      bytes: () => store.get(photo.sha256),
    }
}

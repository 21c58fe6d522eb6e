// Comparing a detector with the one in use, in the background and in a process of its own, and what follows from it: a
// detector takes over only after a comparison on one's own boxes in which it was not worse.

import { hash } from '../../../classifiers/fitting/folds.ts'
import type { Db } from '../../../db/connection/connect.ts'
import type { SettledPhoto } from '../../../db/photos/boxed.ts'
import { getSetting, setSetting } from '../../../db/settings.ts'
import { type Detector, openDetector } from '../../../indexer/detect.ts'
import { ModelError } from '../../../indexer/errors.ts'
import { openInference } from '../../../indexer/inference/inference.ts'
import { judge } from '../../../indexer/measure-detector.ts'
import type { DetectorManifest } from '../../../indexer/models/manifest.ts'
import { adjusted, findModel, openModel } from '../../../indexer/models/models.ts'
import { decode } from '../../../indexer/photos/image.ts'
import {
  type Comparing,
  type Comparison,
  comparisonSchema,
  type DetectorReference,
} from '../../contract/models/detector.ts'
import { Problem } from '../../http/problem.ts'
import { imageUrl } from '../../present/addresses.ts'
import type { Service } from '../../service.ts'
import { modelFolders } from '../model-choice.ts'
import { type ComparedPhoto, compareDetectors, LEAST_BOXES } from './compare.ts'
import { splitOf } from './split.ts'
import { animalsOf, choosePhotos } from './training-set.ts'

const KEY = 'detectorComparison'
/** More would take long and change little: each is looked at twice. */
const MOST_PHOTOS = 1000
/** Boxes of less confidence are many and all false. */
const LEAST_CONFIDENCE = 0.01
const EXAMPLES = 24
const SHOWN_BOXES = 20

type Deps = Pick<Service, 'config' | 'db' | 'photos' | 'models' | 'closing' | 'log'>
export type Wanted = { name: string; size?: number | undefined }

const reference = ({ name, sha256, input, thresholds }: DetectorManifest): DetectorReference => ({
  name,
  sha256,
  size: input.width,
  threshold: thresholds.typical,
})

export const lastComparison = async (db: Db): Promise<Comparison | null> =>
  comparisonSchema.safeParse(await getSetting(db, KEY)).data ?? null

/**
 * The photos that no exported set trains with, or all settled ones where none was exported: the ones of smallest hash.
 */
async function photosToCompareOn(deps: Pick<Deps, 'db'>): Promise<{ photos: SettledPhoto[]; heldOut: boolean }> {
  const { photos, rule, exported } = await choosePhotos(deps)
  const fit = exported ? photos.filter((photo) => splitOf(rule, photo) === 'val') : photos
  const inOrder = fit.map((photo) => ({ photo, order: hash(photo.sha256) })).sort((a, b) => a.order - b.order)
  return { photos: inOrder.slice(0, MOST_PHOTOS).map(({ photo }) => photo), heldOut: exported }
}

/**
 * Why a detector may not take over from the one in use; null where it may. The same weights at another size are the
 * same detector. Where people have settled too few boxes, nothing can be compared.
 */
export async function faultOfSwitch(
  db: Db,
  old: Pick<DetectorReference, 'sha256'>,
  candidate: Pick<DetectorReference, 'name' | 'sha256' | 'size'>,
): Promise<string | null> {
  if (old.sha256 === candidate.sha256) return null
  const { photos } = await photosToCompareOn({ db })
  if (photos.reduce((sum, photo) => sum + animalsOf(photo).length, 0) < LEAST_BOXES) return null
  const last = await lastComparison(db)
  const isSame =
    last?.old.sha256 === old.sha256 &&
    last.candidate.sha256 === candidate.sha256 &&
    last.candidate.size === candidate.size
  if (!isSame)
    return `Compare ${candidate.name} with the detector in use first: npm run detector -- compare ${candidate.name}, or the page of models. There are boxes enough to tell.`
  return last.notWorse ? null : `${candidate.name} is worse than the detector in use. ${last.reasons.join(' ')}`
}

export type Comparer = {
  state(): Promise<Comparing>
  /** Begins, and resolves when it is under way. Throws a Problem. */
  start(wanted: Wanted): Promise<void>
  /** Resolves when none is under way. */
  settled(): Promise<void>
}

export function openComparer(service: () => Deps): Comparer {
  let running: Comparing['running'] = null
  let problem: string | null = null
  let done: Promise<void> = Promise.resolve()

  return {
    state: async () => ({ running, problem, last: await lastComparison(service().db) }),
    settled: () => done,
    async start(wanted) {
      if (running !== null) throw new Problem(409, `A comparison with ${running.candidate} is under way.`)
      const deps = service()
      const progress = { candidate: wanted.name, done: 0, total: 0 }
      running = progress
      problem = null
      try {
        const prepared = await prepare(deps, wanted)
        progress.total = prepared.photos.length
        done = run(deps, prepared, () => progress.done++)
          .then((comparison) => setSetting(deps.db, KEY, comparison))
          .catch((error: unknown) => {
            problem = error instanceof Error ? error.message : String(error)
            if (!deps.closing.aborted) deps.log.warn({ err: error }, 'a comparison of detectors failed')
          })
          .finally(() => {
            running = null
          })
      } catch (error) {
        running = null
        if (error instanceof ModelError) throw new Problem(422, error.message, { cause: error })
        throw error
      }
    },
  }
}

type Prepared = Awaited<ReturnType<typeof prepare>>

async function prepare(deps: Deps, { name, size }: Wanted) {
  const model = await findModel(modelFolders(deps.config), name)
  const manifest = adjusted(model.manifest, { size: size ?? null })
  if (manifest.kind !== 'detector') throw new ModelError(`Expected a detector but ${name} is an embedder.`)
  const inUse = deps.models.detector
  const present = await findModel(modelFolders(deps.config), inUse.name)
  const { photos, heldOut } = await photosToCompareOn(deps)
  if (photos.length === 0)
    throw new Problem(422, 'There is no photo yet of which every box is named or marked. Review some photos first.')
  return { old: { ...present, manifest: inUse.manifest }, candidate: { ...model, manifest }, photos, heldOut }
}

async function run(
  deps: Deps,
  { old, candidate, photos, heldOut }: Prepared,
  onPhoto: () => void,
): Promise<Comparison> {
  const { threads, device, deviceId } = deps.config
  const inference = openInference({ threads, device, deviceId })
  try {
    const open = async (model: Prepared['old'], key: string): Promise<Detector> => {
      await openModel(inference, model, key)
      return openDetector(inference, model.manifest, key)
    }
    const detectors = [await open(old, 'old'), await open(candidate, 'candidate')] as const
    const side = Math.max(...detectors.map(({ manifest }) => manifest.input.width), 1280)
    const compared: (ComparedPhoto & { photo: SettledPhoto })[] = []
    for (const photo of photos) {
      deps.closing.throwIfAborted()
      const image = await decode(await deps.photos.get(photo.sha256), { workingSidePx: side })
      const animals = async (detector: Detector) =>
        (await detector.detect(image, { threshold: LEAST_CONFIDENCE })).filter(({ kind }) => kind === 'animal')
      const [before, now] = [await animals(detectors[0]), await animals(detectors[1])]
      const { group, camera } = photo
      compared.push({ photo, group, camera, boxes: animalsOf(photo), old: before, candidate: now })
      onPhoto()
    }
    return {
      old: reference(old.manifest),
      candidate: reference(candidate.manifest),
      at: new Date().toISOString(),
      photos: photos.length,
      heldOut,
      ...compareDetectors(compared),
      examples: examplesOf(compared, old.manifest, candidate.manifest),
    }
  } finally {
    await inference.close()
  }
}

/** The photos on which one detector makes more mistakes than the other, each at its threshold. */
function examplesOf(
  compared: readonly (ComparedPhoto & { photo: SettledPhoto })[],
  old: DetectorManifest,
  candidate: DetectorManifest,
): Comparison['examples'] {
  const shown = (boxes: ComparedPhoto['boxes'], found: ComparedPhoto['old'], { thresholds }: DetectorManifest) => {
    const verdicts = judge({ boxes, found }, 0.5).filter(({ confidence }) => confidence >= thresholds.typical)
    const right = verdicts.filter((verdict) => verdict.right).length
    return {
      mistakes: boxes.length - right + verdicts.length - right,
      found: verdicts
        .slice(0, SHOWN_BOXES)
        .map(({ one, confidence, right }) => ({ bbox: one.bbox, confidence, right })),
    }
  }
  return compared
    .map(({ photo, boxes, old: before, candidate: now }) => {
      const [was, is] = [shown(boxes, before, old), shown(boxes, now, candidate)]
      const example = {
        mediaId: String(photo.id),
        filename: photo.filename,
        imageUrl: imageUrl(photo.id),
        ...{ boxes: [...boxes], old: was.found, candidate: is.found },
      }
      return { example, differs: Math.abs(was.mistakes - is.mistakes) }
    })
    .filter(({ differs }) => differs > 0)
    .sort((a, b) => b.differs - a.differs)
    .slice(0, EXAMPLES)
    .map(({ example }) => example)
}

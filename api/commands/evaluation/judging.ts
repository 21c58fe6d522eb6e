// How well boxes are told from animals after some marks: by the detector's confidence alone, and by the judge of boxes.
// Once on the CSV's own photos, and once on generated cameras, where the same stone comes again. Photos are drawn into
// a part that is marked and a part that is judged, many times.

import { readFile } from 'node:fs/promises'
import { type BoxFacts, type BoxMark, fitBoxJudge, noAnimal } from '../../../classifiers/boxes/judge.ts'
import { knowsEnough, unlikely } from '../../../classifiers/boxes/unlikely.ts'
import { auroc } from '../../../classifiers/fitting/auroc.ts'
import { random, shuffled } from '../../../classifiers/seeded-random.ts'
import { project, type Statistics } from '../../../classifiers/statistics.ts'
import type { Bbox } from '../../../db/schema.ts'
import { cutCrops } from '../../../indexer/crop.ts'
import { type BoxedPhoto, rightBoxes } from '../../../indexer/measure-detector.ts'
import type { Models } from '../../../indexer/models/models.ts'
import { decode } from '../../../indexer/photos/image.ts'
import { camerasOf, photosOf } from './generated-cameras.ts'
import { fixed, table } from './tables.ts'

type JudgedPhoto = { hasAnimal: boolean; boxes: (BoxFacts & { isAnimal: boolean })[] }
export type JudgeFigures = {
  marks: number
  /** Means over the draws. */
  auroc: number
  /** Of photos without an animal, at the limit that keeps 0.97 of those with one. */
  emptiesKept: number
  /**
   * The same without the photos whose animal the detector did not box, which no judge of boxes can keep for its sake.
   */
  emptiesKeptOfBoxed: number
  /** Of the boxes that the product stores: the shares of animals and of others that lists leave out. */
  hidden: { animals: number; others: number }
}
export type JudgeReport = { photos: string; figures: JudgeFigures[] }[]

const MARKS = [0, 20, 80, 100, 300]
const DRAWS = 40
const LEAST_CONFIDENCE = 0.03
/** Of this confidence and more, the bundled detector's boxes are stored. */
const STORED = 0.25
const KEPT = 0.97
/** Of the CSV's photos and of a camera's are marked; the others are judged. */
const MARKED = { csv: 0.6, cameras: 0.5 }
/**
 * The judge's constants were chosen on cameras made of every other photo of the CSV. Figures are of cameras made of the
 * others.
 */
const GENERATED = { projects: 2, camerasPerProject: 4, photosPerCamera: 60, seed: 2, every: 2 }

export async function reportJudge(
  models: Models,
  statistics: Statistics,
  photos: readonly BoxedPhoto[],
  say: (done: number, total: number) => void,
): Promise<JudgeReport> {
  const { projects, camerasPerProject, photosPerCamera, seed, every } = GENERATED
  const cameras = camerasOf(
    photos.filter((_, i) => i % every === 0),
    projects * camerasPerProject,
    seed,
  )
  const total = photos.length + cameras.length * photosPerCamera
  let done = 0
  let nextId = 0
  const judge = async (bytes: Uint8Array, boxes: readonly Bbox[], camera: string): Promise<JudgedPhoto> => {
    const one = await judgedPhoto(models, statistics, { bytes, boxes, camera }, () => nextId++)
    say(++done, total)
    return one
  }
  const own: JudgedPhoto[] = []
  for (const { file, boxes, source } of photos) own.push(await judge(await readFile(file), boxes, source ?? ''))
  const made: JudgedPhoto[][] = Array.from({ length: projects }, () => [])
  for (const [c, camera] of cameras.entries())
    for await (const { bytes, boxes } of photosOf(camera, photosPerCamera, seed * 100 + c))
      made[Math.floor(c / camerasPerProject)]!.push(await judge(bytes, boxes, `camera ${c}`))
  const without =
    cameras.length === 0 ? [] : [{ photos: 'generated cameras', figures: measureJudge(made, MARKED.cameras) }]
  return [{ photos: 'the photos themselves', figures: measureJudge([own], MARKED.csv) }, ...without]
}

/** Every box of at least a low confidence, with its vector and whether it is an animal. */
async function judgedPhoto(
  models: Models,
  statistics: Statistics,
  { bytes, boxes, camera }: { bytes: Uint8Array; boxes: readonly Bbox[]; camera: string },
  newId: () => number,
): Promise<JudgedPhoto> {
  const image = await decode(bytes, { workingSidePx: models.workingSidePx })
  const found = await models.detector.detect(image, { threshold: LEAST_CONFIDENCE })
  const { cropRecipe } = models.embedder.manifest
  const bboxes = found.map(({ bbox }) => bbox)
  const crops = await cutCrops(image, bboxes, cropRecipe, models.embedder.inputSize, { jpeg: false })
  const embeddings = await models.embedder.embed(crops.map(({ pixels }) => pixels))
  const right = rightBoxes({ boxes, found })
  return {
    hasAnimal: boxes.length > 0,
    boxes: found.map((one, i) => ({
      id: newId(),
      confidence: one.confidence,
      bbox: one.bbox,
      vector: project(statistics, embeddings[i]!),
      camera,
      isAnimal: right.has(one),
    })),
  }
}

/** Means over draws and projects. In each draw, marks and judged photos are of one project. */
export function measureJudge(projects: readonly (readonly JudgedPhoto[])[], marked: number): JudgeFigures[] {
  const drawn = projects.flatMap((photos) =>
    Array.from({ length: DRAWS }, (_, seed) => {
      const next = random(seed + 1)
      const mixed = shuffled(photos, next)
      const cut = Math.round(mixed.length * marked)
      const toMark = shuffled(
        mixed.slice(0, cut).flatMap(({ boxes }) => boxes),
        next,
      )
      return MARKS.map((marks) => figuresOf(toMark.slice(0, marks), mixed.slice(cut)))
    }),
  )
  return MARKS.map((marks, m) => {
    const mean = (of: (figures: Omit<JudgeFigures, 'marks'>) => number) =>
      drawn.reduce((sum, figures) => sum + of(figures[m]!), 0) / drawn.length
    return {
      marks,
      auroc: mean(({ auroc }) => auroc),
      emptiesKept: mean(({ emptiesKept }) => emptiesKept),
      emptiesKeptOfBoxed: mean(({ emptiesKeptOfBoxed }) => emptiesKeptOfBoxed),
      hidden: {
        animals: mean(({ hidden }) => hidden.animals),
        others: mean(({ hidden }) => hidden.others),
      },
    }
  })
}

function figuresOf(marked: JudgedPhoto['boxes'], photos: readonly JudgedPhoto[]): Omit<JudgeFigures, 'marks'> {
  const marks = marked.map(({ isAnimal, ...box }): BoxMark => ({ ...box, kind: isAnimal ? 'animal' : 'nothing' }))
  const judge = fitBoxJudge(marks)
  const boxes = photos.flatMap((photo) => photo.boxes)
  const chances = (isAnimal: boolean) =>
    boxes.filter((box) => box.isAnimal === isAnimal).map((box) => judge.probabilities(box)[0]!)
  const hiddenShare = (isAnimal: boolean) => {
    const stored = boxes.filter((box) => box.isAnimal === isAnimal && (box.confidence ?? 0) >= STORED)
    const left = knowsEnough(marks) ? stored.filter((box) => unlikely(judge, box) !== null) : []
    return left.length / Math.max(1, stored.length)
  }
  const surest = photos.map((photo) => ({ photo, animal: 1 - noAnimal(judge, photo.boxes) }))
  const empty = surest.filter(({ photo }) => !photo.hasAnimal)
  const emptiesKept = (of: (photo: JudgedPhoto) => boolean) => {
    const withAnimals = surest.filter(({ photo }) => of(photo)).sort((a, b) => a.animal - b.animal)
    const limit = withAnimals[Math.floor(withAnimals.length * (1 - KEPT))]?.animal ?? 0
    return empty.filter(({ animal }) => animal >= limit).length / Math.max(1, empty.length)
  }
  return {
    auroc: auroc(chances(true), chances(false)),
    emptiesKept: emptiesKept((photo) => photo.hasAnimal),
    emptiesKeptOfBoxed: emptiesKept((photo) => photo.boxes.some(({ isAnimal }) => isAnimal)),
    hidden: { animals: hiddenShare(true), others: hiddenShare(false) },
  }
}

export function judgeTable(report: JudgeReport): string {
  return report
    .map(({ photos, figures }) =>
      table(
        [
          `judge of boxes, ${photos}: marks`,
          'AUROC of boxes',
          `empty photos kept where ${KEPT} of those with animals are`,
          'of those with a boxed animal',
          'stored boxes hidden: animals',
          'others',
        ],
        figures.map((one) => [
          String(one.marks),
          fixed(one.auroc),
          fixed(one.emptiesKept),
          fixed(one.emptiesKeptOfBoxed),
          fixed(one.hidden.animals),
          fixed(one.hidden.others),
        ]),
      ),
    )
    .join('\n\n')
}

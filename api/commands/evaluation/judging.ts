// How well boxes are told from animals after some marks: by the detector's confidence alone, and by the judge of boxes;
// and how well empty photos are told, by the boxes that are stored and, where there is none, by the whole photo. Once
// on the CSV's own photos, and once on generated cameras, where the same stone comes again. Photos are drawn into a
// part that is marked and a part that is judged, many times.

import { readFile } from 'node:fs/promises'
import { backgroundOf } from '../../../classifiers/boxes/background.ts'
import { type BoxFacts, type BoxMark, fitBoxJudge, noAnimal } from '../../../classifiers/boxes/judge.ts'
import { fitJudges, judgePhoto } from '../../../classifiers/boxes/photos.ts'
import { knowsEnough, unlikely } from '../../../classifiers/boxes/unlikely.ts'
import type { PhotoFacts } from '../../../classifiers/boxes/whole-photos.ts'
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

type JudgedPhoto = { hasAnimal: boolean; whole: PhotoFacts; boxes: (BoxFacts & { isAnimal: boolean })[] }
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
  /**
   * By stored boxes alone, and with whole photos, where a mark is one of a stored box or of a photo without one: empty
   * photos that stay, at the limit at which 0.97 of those with an animal do. What is not judged stays.
   */
  stored: { byBoxes: number; withWholePhotos: number }
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
const GENERATED = { projects: 2, camerasPerProject: 4, photosPerCamera: 60, seeds: [2, 3, 4], every: 2 }

export async function reportJudge(
  models: Models,
  statistics: Statistics,
  photos: readonly BoxedPhoto[],
  say: (done: number, total: number) => void,
): Promise<JudgeReport> {
  const { projects, camerasPerProject, photosPerCamera, seeds, every } = GENERATED
  const sources = photos.filter((_, i) => i % every === 0)
  const cameras = seeds.flatMap((seed) =>
    camerasOf(sources, projects * camerasPerProject, seed).map((camera, c) => ({ camera, seed: seed * 100 + c })),
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
  const made: JudgedPhoto[][] = Array.from({ length: projects * seeds.length }, () => [])
  for (const [c, { camera, seed }] of cameras.entries())
    for await (const { bytes, boxes } of photosOf(camera, photosPerCamera, seed))
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
  const bboxes: Bbox[] = [...found.map(({ bbox }) => bbox), [0, 0, 1, 1]]
  const crops = await cutCrops(image, bboxes, cropRecipe, models.embedder.inputSize, { jpeg: false })
  const embeddings = await models.embedder.embed(crops.map(({ pixels }) => pixels))
  const right = rightBoxes({ boxes, found })
  return {
    hasAnimal: boxes.length > 0,
    whole: wholePhoto(newId(), camera, embeddings.at(-1)!),
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

const wholePhoto = (id: number, camera: string, embedding: Float32Array): PhotoFacts => ({
  id,
  groupKey: `${id}`,
  camera,
  background: backgroundOf(embedding),
})

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
      const stored = mixed.map(storedOf)
      const toMarkStored = shuffled(stored.slice(0, cut).flatMap(marksOf), next)
      return MARKS.map((marks) => ({
        ...figuresOf(toMark.slice(0, marks), mixed.slice(cut)),
        stored: figuresOfStored(toMarkStored.slice(0, marks), stored.slice(cut)),
      }))
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
      stored: {
        byBoxes: mean(({ stored }) => stored.byBoxes),
        withWholePhotos: mean(({ stored }) => stored.withWholePhotos),
      },
    }
  })
}

/** As the product stores a photo. */
const storedOf = ({ boxes, ...photo }: JudgedPhoto): JudgedPhoto => ({
  ...photo,
  boxes: boxes.filter(({ confidence }) => (confidence ?? 0) >= STORED),
})

type Mark = { box: BoxMark } | { photo: PhotoFacts & { hasAnimal: boolean } }
const marksOf = ({ boxes, whole, hasAnimal }: JudgedPhoto): Mark[] =>
  boxes.length > 0 ? boxes.map((box) => ({ box: asMark(box) })) : [{ photo: { ...whole, hasAnimal } }]

function figuresOfStored(marked: readonly Mark[], photos: readonly JudgedPhoto[]): JudgeFigures['stored'] {
  const boxes = marked.flatMap((mark) => ('box' in mark ? [{ ...mark.box, groupKey: '' }] : []))
  const judges = fitJudges({ boxes, photos: marked.flatMap((mark) => ('photo' in mark ? [mark.photo] : [])) })
  const kept = (isWhole: boolean) =>
    emptiesKept(
      photos.map((photo) => {
        const { animal } = judgePhoto(judges, photo)
        return { hasAnimal: photo.hasAnimal, animal: photo.boxes.length > 0 || isWhole ? (animal ?? 1) : 1 }
      }),
    )
  return { byBoxes: kept(false), withWholePhotos: kept(true) }
}

/** The share of empty photos that stay, at the limit at which `KEPT` of those with an animal do. */
function emptiesKept(photos: readonly { hasAnimal: boolean; animal: number }[]): number {
  const withAnimals = photos.filter(({ hasAnimal }) => hasAnimal).sort((a, b) => a.animal - b.animal)
  const limit = withAnimals[Math.floor(withAnimals.length * (1 - KEPT))]?.animal ?? 0
  const empty = photos.filter(({ hasAnimal }) => !hasAnimal)
  return empty.filter(({ animal }) => animal >= limit).length / Math.max(1, empty.length)
}

const asMark = ({ isAnimal, ...box }: JudgedPhoto['boxes'][number]): BoxMark => ({
  ...box,
  kind: isAnimal ? 'animal' : 'nothing',
})

function figuresOf(
  marked: JudgedPhoto['boxes'],
  photos: readonly JudgedPhoto[],
): Omit<JudgeFigures, 'marks' | 'stored'> {
  const marks = marked.map(asMark)
  const judge = fitBoxJudge(marks)
  const boxes = photos.flatMap((photo) => photo.boxes)
  const chances = (isAnimal: boolean) =>
    boxes.filter((box) => box.isAnimal === isAnimal).map((box) => judge.probabilities(box)[0]!)
  const hiddenShare = (isAnimal: boolean) => {
    const stored = boxes.filter((box) => box.isAnimal === isAnimal && (box.confidence ?? 0) >= STORED)
    const left = knowsEnough(marks) ? stored.filter((box) => unlikely(judge, box) !== null) : []
    return left.length / Math.max(1, stored.length)
  }
  const surest = photos.map(({ hasAnimal, boxes }) => ({
    ...{ hasAnimal, animal: 1 - noAnimal(judge, boxes) },
    isBoxed: boxes.some(({ isAnimal }) => isAnimal),
  }))
  return {
    auroc: auroc(chances(true), chances(false)),
    emptiesKept: emptiesKept(surest),
    emptiesKeptOfBoxed: emptiesKept(surest.filter(({ hasAnimal, isBoxed }) => !hasAnimal || isBoxed)),
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
          'empty photos kept by stored boxes alone',
          'and by whole photos without one',
        ],
        figures.map((one) => [
          String(one.marks),
          fixed(one.auroc),
          fixed(one.emptiesKept),
          fixed(one.emptiesKeptOfBoxed),
          fixed(one.hidden.animals),
          fixed(one.hidden.others),
          fixed(one.stored.byBoxes),
          fixed(one.stored.withWholePhotos),
        ]),
      ),
    )
    .join('\n\n')
}

// How well boxes are told from animals after some marks: by the detector's confidence alone, and by the judge of boxes.
// Photos are drawn into a part that is marked and a part that is judged, many times.

import { readFile } from 'node:fs/promises'
import { type BoxFacts, fitBoxJudge, noAnimal } from '../../../classifiers/boxes/judge.ts'
import { auroc } from '../../../classifiers/fitting/auroc.ts'
import { random, shuffled } from '../../../classifiers/seeded-random.ts'
import { project, type Statistics } from '../../../classifiers/statistics.ts'
import { cutCrops } from '../../../indexer/crop.ts'
import { type BoxedPhoto, rightBoxes } from '../../../indexer/measure-detector.ts'
import type { Models } from '../../../indexer/models/models.ts'
import { decode } from '../../../indexer/photos/image.ts'
import { fixed, table } from './tables.ts'

type JudgedPhoto = { hasAnimal: boolean; boxes: (BoxFacts & { isAnimal: boolean })[] }
export type JudgeFigures = {
  marks: number
  /** Means over the draws. */
  auroc: number
  /** Of photos without an animal, at the limit that keeps 0.97 of those with one. */
  emptiesKept: number
}

const MARKS = [0, 20, 80, 300]
const DRAWS = 40
/** Of the photos are marked; the others are judged. */
const MARKED = 0.6
const LEAST_CONFIDENCE = 0.03
const KEPT = 0.97

/** Every box of at least a low confidence, with its vector and whether it is an animal. */
export async function judgedPhotos(
  models: Models,
  statistics: Statistics,
  photos: readonly BoxedPhoto[],
): Promise<JudgedPhoto[]> {
  const judged: JudgedPhoto[] = []
  for (const { file, boxes } of photos) {
    const image = await decode(await readFile(file), { workingSidePx: models.workingSidePx })
    const found = await models.detector.detect(image, { threshold: LEAST_CONFIDENCE })
    const { cropRecipe } = models.embedder.manifest
    const bboxes = found.map(({ bbox }) => bbox)
    const crops = await cutCrops(image, bboxes, cropRecipe, models.embedder.inputSize, { jpeg: false })
    const embeddings = await models.embedder.embed(crops.map(({ pixels }) => pixels))
    const right = rightBoxes({ boxes, found })
    judged.push({
      hasAnimal: boxes.length > 0,
      boxes: found.map((one, i) => ({
        confidence: one.confidence,
        area: one.bbox[2] * one.bbox[3],
        vector: project(statistics, embeddings[i]!),
        camera: '',
        isAnimal: right.has(one),
      })),
    })
  }
  return judged
}

export function measureJudge(photos: readonly JudgedPhoto[]): JudgeFigures[] {
  const drawn = Array.from({ length: DRAWS }, (_, seed) => {
    const next = random(seed + 1)
    const mixed = shuffled(photos, next)
    const cut = Math.round(mixed.length * MARKED)
    const toMark = shuffled(
      mixed.slice(0, cut).flatMap(({ boxes }) => boxes),
      next,
    )
    return MARKS.map((marks) => figuresOf(toMark.slice(0, marks), mixed.slice(cut)))
  })
  return MARKS.map((marks, m) => {
    const mean = (of: (figures: { auroc: number; emptiesKept: number }) => number) =>
      drawn.reduce((sum, figures) => sum + of(figures[m]!), 0) / DRAWS
    return { marks, auroc: mean((one) => one.auroc), emptiesKept: mean((one) => one.emptiesKept) }
  })
}

function figuresOf(marked: JudgedPhoto['boxes'], photos: readonly JudgedPhoto[]) {
  const judge = fitBoxJudge(marked.map(({ isAnimal, ...box }) => ({ ...box, kind: isAnimal ? 'animal' : 'nothing' })))
  const boxes = photos.flatMap((photo) => photo.boxes)
  const chances = (isAnimal: boolean) =>
    boxes.filter((box) => box.isAnimal === isAnimal).map((box) => judge.probabilities(box)[0]!)
  const surest = photos.map((photo) => ({ photo, animal: 1 - noAnimal(judge, photo.boxes) }))
  const withAnimals = surest.filter(({ photo }) => photo.hasAnimal).sort((a, b) => a.animal - b.animal)
  const limit = withAnimals[Math.floor(withAnimals.length * (1 - KEPT))]?.animal ?? 0
  const empty = surest.filter(({ photo }) => !photo.hasAnimal)
  const kept = empty.filter(({ animal }) => animal >= limit).length
  return { auroc: auroc(chances(true), chances(false)), emptiesKept: kept / Math.max(1, empty.length) }
}

export function judgeTable(figures: readonly JudgeFigures[]): string {
  return table(
    ['judge of boxes: marks', 'AUROC of boxes', `empty photos kept where ${KEPT} of the others are`],
    figures.map((one) => [String(one.marks), fixed(one.auroc), fixed(one.emptiesKept)]),
  )
}

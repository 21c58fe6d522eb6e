// Which photos show an animal: by all boxes of a photo, or, where the detector boxed nothing, by the whole photo.

import { hash } from '../fitting/folds.ts'
import { type BoxFacts, type BoxJudge, type BoxMark, fitBoxJudge } from './judge.ts'
import { fitPhotoJudge, type PhotoFacts, type PhotoJudge, type PhotoMark } from './whole-photos.ts'

export type Judges = { boxes: BoxJudge; photos: PhotoJudge }
export type Marks = { boxes: readonly (BoxMark & { groupKey: string })[]; photos: readonly PhotoMark[] }
/** Without boxes and without `whole` it is one of whose boxes people said that they are none. */
export type PhotoToJudge = { boxes: readonly BoxFacts[]; whole: PhotoFacts | null }
export type Judged = {
  /** The probability that it shows an animal; null where it has no box and nothing is known of its camera. */
  animal: number | null
  /** The box that is most probably an animal, or the whole photo. */
  best: number | null
}
/** A photo of which people said whether it shows an animal. */
export type KnownToJudge = PhotoToJudge & { hasAnimal: boolean; groupKey: string }

const FOLDS = 5

export const fitJudges = ({ boxes, photos }: Marks): Judges => ({
  boxes: fitBoxJudge(boxes),
  photos: fitPhotoJudge(photos),
})

/** As if each box were independent of the others. */
export function judgePhoto(judges: Judges, { boxes, whole }: PhotoToJudge): Judged {
  if (whole !== null && boxes.length === 0) return { animal: judges.photos.animal(whole), best: whole.id }
  let none = 1
  let best: { id: number; animal: number } | null = null
  for (const box of boxes) {
    const animal = judges.boxes.probabilities(box)[0]!
    none *= 1 - animal
    if (best === null || animal > best.animal) best = { id: box.id, animal }
  }
  return { animal: 1 - none, best: best?.id ?? null }
}

/** Photos by falling probability of an animal, then by id; those that are not judged come last. */
export type JudgedPhotos = {
  ids: Float64Array
  /** 0 where it is not judged. */
  animal: Float32Array
  /** The box that is most probably an animal, or the whole photo; 0 where people said that all boxes are none. */
  best: Float64Array
  /** How it was judged: one of `BY`. */
  by: Uint8Array
}
export const BY = { boxes: 0, wholePhoto: 1, nothing: 2 } as const
export type JudgedKnown = {
  hasAnimal: boolean
  animal: number | null
  /** The detector boxed nothing in it. */
  isWhole: boolean
}

/** Each known photo by judges that were fitted without its fifth of the bursts. */
export function judgeKnown(marks: Marks, known: readonly KnownToJudge[]): JudgedKnown[] {
  const foldOf = ({ groupKey }: { groupKey: string }) => hash(groupKey) % FOLDS
  return Array.from({ length: FOLDS }, (_, fold) => {
    const asked = known.filter((photo) => foldOf(photo) === fold)
    if (asked.length === 0) return []
    const others = <Mark extends { groupKey: string }>(all: readonly Mark[]) =>
      all.filter((one) => foldOf(one) !== fold)
    const judges = fitJudges({ boxes: others(marks.boxes), photos: others(marks.photos) })
    return asked.map((photo) => ({
      hasAnimal: photo.hasAnimal,
      animal: judgePhoto(judges, photo).animal,
      isWhole: photo.boxes.length === 0,
    }))
  }).flat()
}

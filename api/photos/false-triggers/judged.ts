// Photos that wait, as the judges order them: which of them a limit concerns, how many it would set aside, and in which
// order photos without a box are looked through.

import { BY, type JudgedPhotos } from '../../../classifiers/boxes/photos.ts'

/**
 * Whether photos in which nothing was found belong to them: all, none, or those that are judged by what people marked
 * empty at their camera.
 */
export type WithoutBox = boolean | 'judged'
/** Falling by probability. */
export type Judged = { ids: number[]; animal: number[]; best: (number | null)[] }

export function judgedPhotos({ ids, animal, best, by }: JudgedPhotos, withoutBox: WithoutBox): Judged {
  const isMeant = (one: number) =>
    one === BY.boxes || (one === BY.wholePhoto && withoutBox !== false) || (one === BY.nothing && withoutBox === true)
  const chosen = Array.from(by.keys()).filter((i) => isMeant(by[i]!))
  return {
    ids: chosen.map((i) => ids[i]!),
    animal: chosen.map((i) => animal[i]!),
    // What nothing is known of is no sample of anything.
    best: chosen.map((i) => (by[i] === BY.nothing ? null : best[i]! || null)),
  }
}

/**
 * Where those begin that a threshold would set aside. Compared as float4, as confidences are stored: 0.3 is not less
 * than 0.3.
 */
export function firstBelow({ animal }: Pick<Judged, 'animal'>, threshold: number): number {
  const limit = Math.fround(threshold)
  let [low, high] = [0, animal.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (animal[middle]! < limit) high = middle
    else low = middle + 1
  }
  return low
}

/** A place in the order of photos without a box: a probability, then an id. */
export type Place = { animal: number; id: number }
export type PhotoWithoutBox = Place & { isJudged: boolean }

/**
 * Photos without a box, those that are least like empty ones first. A photo of a camera at which nobody marked any
 * stands where any photo does.
 */
export function withoutBoxInOrder(photos: JudgedPhotos, anyAnimal: number, after: Place | null, limit: number) {
  const found: PhotoWithoutBox[] = []
  for (const [i, by] of photos.by.entries()) {
    if (by === BY.boxes) continue
    const isJudged = by === BY.wholePhoto
    const place = { animal: isJudged ? photos.animal[i]! : anyAnimal, id: photos.best[i]!, isJudged }
    if (after === null || compare(after, place) < 0) found.push(place)
  }
  return found.sort(compare).slice(0, limit)
}

const compare = (one: Place, other: Place) => other.animal - one.animal || one.id - other.id

// Which parts of a picture show people, so that they can be hidden from those who may not see them.

import { createHash } from 'node:crypto'
import type { Db } from '../db/connection/connect.ts'
import { boxesOfPeople } from '../db/photos/detections.ts'
import type { Bbox } from '../db/schema.ts'
import { cropRegion } from './crop.ts'
import type { CropRecipe } from './models/manifest.ts'

const EVERYTHING: Bbox[] = [[0, 0, 1, 1]]

type Photo = { id: number; status: string; width: number | null; height: number | null }

/** As fractions of the photo. Until somebody or the detector has looked at it, people may be anywhere. */
export async function peopleInPhoto(db: Db, { id, status }: Photo): Promise<Bbox[]> {
  return status === 'indexed' ? await boxesOfPeople(db, id) : EVERYTHING
}

/** As fractions of the crop of an animal: people who stand beside it are in its crop too. */
export async function peopleInCrop(db: Db, photo: Photo, animal: Bbox, recipe: CropRecipe): Promise<Bbox[]> {
  const { width, height } = photo
  const people = await peopleInPhoto(db, photo)
  if (width === null || height === null) return EVERYTHING
  const region = cropRegion(animal, width, height, recipe)
  return people.flatMap(([x, y, w, h]): Bbox[] => {
    const left = clamp((x * width - region.left) / region.width)
    const top = clamp((y * height - region.top) / region.height)
    const right = clamp(((x + w) * width - region.left) / region.width)
    const bottom = clamp(((y + h) * height - region.top) / region.height)
    return right > left && bottom > top ? [[left, top, right - left, bottom - top]] : []
  })
}

const clamp = (fraction: number) => Math.min(1, Math.max(0, fraction))

/** A part of an ETag: a picture changes with the people who are hidden in it. */
export const tagOf = (boxes: readonly Bbox[]): string =>
  createHash('sha256').update(JSON.stringify(boxes)).digest('hex').slice(0, 12)

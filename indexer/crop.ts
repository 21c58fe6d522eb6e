// Cuts animals out of a decoded photo: pixels for the embedder, and a JPEG for people. Both show the same region. By
// the bundled embedders' manifests, that is the box made square on its longer side, enlarged by a tenth and cut to the
// photo.

import type { Bbox } from '../db/schema.ts'
import { letterbox } from './inference/letterbox.ts'
import type { CropRecipe } from './models/manifest.ts'
import { fit, fromPixels, type Image, type Pixels, type Region } from './photos/image.ts'

export type Crop = {
  /** RGB of `size` x `size` for the embedder. */
  pixels: Uint8Array
  /** JPEG, longest side at most 480 px. */
  jpeg: Buffer
}

export const CROP_SIDE_PX = 480
const CROP_QUALITY = 85
/** A region that is read again is read once for all crops that need it, unless it has more pixels than this. */
const MAX_REREAD_PIXELS = 48_000_000

/** The region of the upright photo that a box's crop shows, in whole pixels, at least one. */
export function cropRegion(bbox: Bbox, width: number, height: number, recipe: CropRecipe): Region {
  const [x, y, w, h] = [bbox[0] * width, bbox[1] * height, bbox[2] * width, bbox[3] * height]
  const side = Math.max(w, h)
  const halfWidth = ((recipe.square ? side : w) * (1 + recipe.enlarge)) / 2
  const halfHeight = ((recipe.square ? side : h) * (1 + recipe.enlarge)) / 2
  const [cx, cy] = [x + w / 2, y + h / 2]
  const left = Math.min(width - 1, Math.max(0, Math.round(cx - halfWidth)))
  const top = Math.min(height - 1, Math.max(0, Math.round(cy - halfHeight)))
  const right = Math.min(width, Math.max(left + 1, Math.round(cx + halfWidth)))
  const bottom = Math.min(height, Math.max(top + 1, Math.round(cy + halfHeight)))
  return { left, top, width: right - left, height: bottom - top }
}

/**
 * One crop for each box, in their order. `jpeg: false` leaves the JPEGs empty, because searching needs none. Boxes for
 * which the working picture is too coarse are cut from a second, finer reading of the photo.
 */
export async function cutCrops(
  image: Image,
  boxes: readonly Bbox[],
  recipe: CropRecipe,
  size: number,
  options: { jpeg: boolean } = { jpeg: true },
): Promise<Crop[]> {
  const regions = boxes.map((bbox) => cropRegion(bbox, image.width, image.height, recipe))
  const whole = { picture: image.working, of: { left: 0, top: 0, width: image.width, height: image.height } }
  const coarse = regions.filter((region) => !hasPixels(whole, region, size))
  const finer = coarse.length > 0 ? await readFiner(image, coarse, Math.max(size, CROP_SIDE_PX)) : null
  return Promise.all(
    regions.map(async (region) => {
      const source = !coarse.includes(region) ? whole : (finer ?? (await readFiner(image, [region], size)) ?? whole)
      const part = within(source, region)
      const place = letterbox(part.width, part.height, size, size)
      const [pixels, jpeg] = await Promise.all([
        fit(source.picture, part, place, { width: size, height: size }, recipe.fill),
        options.jpeg ? toJpeg(source.picture, part) : Buffer.alloc(0),
      ])
      return { pixels, jpeg }
    }),
  )
}

/** Only the JPEGs, in the order of the boxes. */
export async function cutJpegs(image: Image, boxes: readonly Bbox[], recipe: CropRecipe): Promise<Buffer[]> {
  const crops = await cutCrops(image, boxes, recipe, CROP_SIDE_PX)
  return crops.map((crop) => crop.jpeg)
}

/** A picture of a region of the upright photo. */
type Source = { picture: Pixels; of: Region }

/** Whether the picture has as many pixels of the region as the crop can use. Rounding may cost one. */
function hasPixels(source: Source, region: Region, size: number): boolean {
  const longest = Math.max(region.width, region.height)
  return (longest * source.picture.width) / source.of.width >= Math.min(longest, size) - 1
}

/**
 * Reads the smallest region that holds all of `regions`, fine enough for each. Null where that would be too many
 * pixels.
 */
async function readFiner(image: Image, regions: readonly Region[], size: number): Promise<Source | null> {
  const left = Math.min(...regions.map((r) => r.left))
  const top = Math.min(...regions.map((r) => r.top))
  const width = Math.max(...regions.map((r) => r.left + r.width)) - left
  const height = Math.max(...regions.map((r) => r.top + r.height)) - top
  const scale = Math.min(1, Math.max(...regions.map((r) => size / Math.max(r.width, r.height))))
  if (regions.length > 1 && width * height * scale * scale > MAX_REREAD_PIXELS) return null
  const of = { left, top, width, height }
  return { picture: await image.readRegion(of, Math.ceil(Math.max(width, height) * scale)), of }
}

/** A region of the photo in whole pixels of the picture. */
function within({ picture, of }: Source, region: Region): Region {
  const [sx, sy] = [picture.width / of.width, picture.height / of.height]
  const left = Math.min(picture.width - 1, Math.round((region.left - of.left) * sx))
  const top = Math.min(picture.height - 1, Math.round((region.top - of.top) * sy))
  const width = Math.max(1, Math.min(picture.width - left, Math.round(region.width * sx)))
  const height = Math.max(1, Math.min(picture.height - top, Math.round(region.height * sy)))
  return { left, top, width, height }
}

async function toJpeg(picture: Pixels, region: Region): Promise<Buffer> {
  return fromPixels(picture)
    .extract(region)
    .resize({ width: CROP_SIDE_PX, height: CROP_SIDE_PX, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: CROP_QUALITY })
    .toBuffer()
}

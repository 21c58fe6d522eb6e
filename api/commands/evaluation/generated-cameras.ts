// Photos of cameras that stand still, made of real ones: an empty scene that trembles and changes its light, with
// animals cut out of other photos, and with leaves, stones and grass cut out of other empty scenes in the same way. So
// a box is not an animal because it was pasted. Everything is seeded.

import sharp from 'sharp'
import { random, shuffled } from '../../../classifiers/seeded-random.ts'
import type { Bbox } from '../../../db/schema.ts'
import type { BoxedPhoto } from '../../../indexer/measure-detector.ts'

export type GeneratedPhoto = { bytes: Buffer; boxes: Bbox[] }
/** A part of a photo. */
type Patch = { file: string; bbox: Bbox }
export type CameraSources = { scene: string; animals: readonly Patch[]; clutter: readonly Patch[] }

const WIDTH = 1280
const QUALITY = 82
/** Share of photos with an animal, and of photos with something else that moved into the picture. */
const WITH_ANIMAL = 0.35
const WITH_CLUTTER = 0.5
/** Longer side of what is pasted, as a share of the photo's width: from, to. */
const SIZES = [0.08, 0.4] as const
const TREMOR = 0.006
const LIGHT = 0.25

/**
 * Sources of one camera for each empty photo. Animals and clutter are dealt among the cameras, so that none shows what
 * another one shows.
 */
export function camerasOf(photos: readonly BoxedPhoto[], count: number, seed: number): CameraSources[] {
  const next = random(seed)
  const empty = shuffled(
    photos.filter(({ boxes }) => boxes.length === 0).map(({ file }) => file),
    next,
  )
  const animals = shuffled(
    photos.flatMap(({ file, boxes }) => boxes.map((bbox) => ({ file, bbox }))),
    next,
  )
  const scenes = empty.slice(0, count)
  const elsewhere = empty.slice(count)
  const deal = <T>(all: readonly T[], camera: number) => all.filter((_, i) => i % scenes.length === camera)
  return scenes.map((scene, camera) => ({
    scene,
    animals: deal(animals, camera),
    clutter: deal(elsewhere, camera).flatMap((file) => patchesOf(file, next)),
  }))
}

function patchesOf(file: string, next: () => number): Patch[] {
  return Array.from({ length: 8 }, () => {
    const [width, height] = [0.08 + 0.2 * next(), 0.08 + 0.2 * next()]
    return { file, bbox: [next() * (1 - width), next() * (1 - height), width, height] }
  })
}

export async function* photosOf(
  { scene, animals, clutter }: CameraSources,
  count: number,
  seed: number,
): AsyncGenerator<GeneratedPhoto> {
  const next = random(seed)
  const background = await sharp(scene)
    .rotate()
    .resize({ width: WIDTH })
    .removeAlpha()
    .toBuffer({ resolveWithObject: true })
  const { width, height } = background.info
  const stats = await sharp(background.data).stats()
  const [red, , blue] = stats.channels
  const isGrey = red === undefined || blue === undefined || Math.abs(red.mean - blue.mean) < 1
  const anyOf = <T>(all: readonly T[]) => all[Math.floor(next() * all.length)]
  for (let i = 0; i < count; i++) {
    const animal = next() < WITH_ANIMAL ? anyOf(animals) : undefined
    const other = next() < WITH_CLUTTER ? anyOf(clutter) : undefined
    const [tremorX, tremorY] = [next(), next()]
    const light = 1 + LIGHT * (2 * next() - 1)
    const layers = []
    const boxes: Bbox[] = []
    for (const patch of [other, animal]) {
      if (patch === undefined) continue
      const layer = await cutOut(patch, width * (SIZES[0] + (SIZES[1] - SIZES[0]) * next() ** 2), isGrey)
      const [w, h] = [layer.width, layer.height]
      if (w >= width || h >= height) continue
      const left = Math.round(next() * (width - w))
      const top = Math.round((0.25 + 0.75 * next()) * (height - h))
      layers.push({ input: layer.data, left, top })
      if (patch === animal) boxes.push([left / width, top / height, w / width, h / height])
    }
    const [dx, dy] = [Math.round(width * TREMOR), Math.round(height * TREMOR)]
    const moved = await sharp(background.data)
      .extract({
        left: Math.round(2 * dx * tremorX),
        top: Math.round(2 * dy * tremorY),
        width: width - 2 * dx,
        height: height - 2 * dy,
      })
      .resize({ width, height, fit: 'fill' })
      .toBuffer()
    const pasted = await sharp(moved).composite(layers).toBuffer()
    yield { bytes: await sharp(pasted).linear(light, 0).jpeg({ quality: QUALITY }).toBuffer(), boxes }
  }
}

/** The box itself in the middle, fading out at its corners. */
async function cutOut({ file, bbox }: Patch, longest: number, isGrey: boolean) {
  const upright = await sharp(file).rotate().removeAlpha().toBuffer({ resolveWithObject: true })
  const { width, height } = upright.info
  const part = {
    left: Math.round(bbox[0] * width),
    top: Math.round(bbox[1] * height),
    width: Math.max(2, Math.floor(bbox[2] * width)),
    height: Math.max(2, Math.floor(bbox[3] * height)),
  }
  part.width = Math.min(part.width, width - part.left)
  part.height = Math.min(part.height, height - part.top)
  const scale = longest / Math.max(part.width, part.height)
  const size = {
    width: Math.max(4, Math.round(part.width * scale)),
    height: Math.max(4, Math.round(part.height * scale)),
  }
  const fade = Buffer.from(
    `<svg width="${size.width}" height="${size.height}"><radialGradient id="f"><stop offset="0.85" stop-color="#fff"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient><ellipse cx="50%" cy="50%" rx="64%" ry="64%" fill="url(#f)"/></svg>`,
  )
  const colours = sharp(upright.data)
    .extract(part)
    .resize({ ...size, fit: 'fill' })
  const data = await (isGrey ? colours.greyscale() : colours)
    .toColourspace('srgb')
    .ensureAlpha()
    .composite([{ input: fade, blend: 'dest-in' }])
    .png()
    .toBuffer()
  return { data, ...size }
}

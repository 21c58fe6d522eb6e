// A photo's pixels: from the bytes of a file to the upright picture at a working size, in sRGB. The detector's input is
// made from it. Regions that need more pixels are read again from the bytes (crop.ts).
//
// Decoding a 12-megapixel JPEG with one thread of a 2-core machine took 23 ms to 320 px, 36 to 640, 42 to 1,280, 73 to
// 2,000 and 66 at full size, reading one region again 37 ms (November 2026). At 1,280 px, a crop of any animal whose
// longer side is at least 16 % of the photo's has the 224 px that an embedder wants. That costs a little more than 640
// px for every photo, but most photos are decoded only once.

import sharp, { type Sharp } from 'sharp'
import { DecodeError, UnsupportedType } from '../errors.ts'
import type { Placement } from '../inference/letterbox.ts'
import { averageAreas } from './area-average.ts'
import { withinBudget } from './decode-budget.ts'
import { type Levels, levelsOf, stretch } from './levels.ts'
import { openSource, type Source } from './source.ts'

/** RGB bytes, row by row. */
export type Pixels = { data: Uint8Array; width: number; height: number }
/** Whole pixels of the upright photo. */
export type Region = { left: number; top: number; width: number; height: number }
export type Image = {
  /** Full size of the upright photo. */
  width: number
  height: number
  /** The whole photo, upright, its longer side at most the working size. */
  working: Pixels
  /** The upright region at full size, or scaled down to `longest` pixels on its longer side. */
  readRegion(region: Region, longest: number): Promise<Pixels>
}
export type DecodeOptions = {
  /** Longer side of the working picture, at least the detector's input. */
  workingSidePx?: number
  /** Larger pictures are refused before memory is allocated for them. */
  maxPixels?: number
}

export const WORKING_SIDE_PX = 1280
const MAX_PIXELS = 268_000_000
/** Of one picture. An interlaced PNG of 2 MB may take gigabytes and half a minute. */
const MAX_DECODED_BYTES = 1_000_000_000
const INTERLACED_WEIGHT = 4
/** libvips looks at the time between steps, so a picture may take some seconds longer. */
const DEADLINE_S = 20
/** Behind transparent pixels: the grey of the letterbox. */
const BACKGROUND = { r: 114, g: 114, b: 114 }

/** Throws UnsupportedType or DecodeError. */
export async function decode(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Image> {
  const maxPixels = options.maxPixels ?? MAX_PIXELS
  try {
    const source = await openSource(bytes)
    const { orientation, stored } = source
    if (stored.width * stored.height > maxPixels) throw new DecodeError(tooLarge(stored, maxPixels))
    const decodedBytes = bytesOf(source)
    if (decodedBytes > MAX_DECODED_BYTES) throw new DecodeError(tooHeavy(source, decodedBytes))
    const open = () => source.open({ failOn: 'error', limitInputPixels: maxPixels, pages: 1 })
    const turned = orientation > 4
    const width = turned ? stored.height : stored.width
    const height = turned ? stored.width : stored.height
    let levels: Levels | null = null
    const read = async (region: Region | null, longest: number): Promise<Pixels> => {
      const from = region ? storedRegion(region, orientation, stored) : stored
      const scale = Math.min(1, longest / Math.max(from.width, from.height))
      // Turning comes last, when there are few pixels: with sharp's autoOrient before scaling it took 234 ms instead of
      // 75.
      const small = (region ? open().extract(storedRegion(region, orientation, stored)) : open())
        .resize({
          width: Math.max(1, Math.round(from.width * scale)),
          height: Math.max(1, Math.round(from.height * scale)),
          fit: 'fill',
        })
        .flatten({ background: BACKGROUND })
        .timeout({ seconds: DEADLINE_S })
      return turn(await withinBudget(decodedBytes, () => toPixels(small, levels)), orientation)
    }
    const side = options.workingSidePx ?? WORKING_SIDE_PX
    if (source.depth === 'ushort') levels = await withinBudget(decodedBytes, () => levelsOf(open()))
    const working = await read(null, side)
    return { width, height, working, readRegion: (region, longest) => read(region, longest).catch(explain) }
  } catch (cause) {
    return explain(cause)
  }
}

/** The photo as the detector wants it: scaled into `place`, with grey around it. */
export async function letterboxPixels(
  image: Image,
  place: Placement,
  input: { width: number; height: number },
  fill: number,
): Promise<Uint8Array> {
  const { working } = image
  if (place.width > working.width || place.height > working.height) return fit(working, null, place, input, fill)
  return surround(averageAreas(working, place.width, place.height), place, input, fill)
}

/** The pixels at their place in the input, with grey around them. */
function surround(
  small: Uint8Array,
  place: Placement,
  input: { width: number; height: number },
  fill: number,
): Uint8Array {
  if (place.width === input.width && place.height === input.height) return small
  const pixels = new Uint8Array(input.width * input.height * 3).fill(fill)
  for (let y = 0; y < place.height; y++)
    pixels.set(
      small.subarray(y * place.width * 3, (y + 1) * place.width * 3),
      ((place.top + y) * input.width + place.left) * 3,
    )
  return pixels
}

/** `region` of the picture (null: all of it), scaled into `place` inside an input of this size, with grey around it. */
export async function fit(
  picture: Pixels,
  region: Region | null,
  place: Placement,
  input: { width: number; height: number },
  fill: number,
): Promise<Uint8Array> {
  const source = region ? fromPixels(picture).extract(region) : fromPixels(picture)
  const { data } = await toPixels(
    source.resize({ width: place.width, height: place.height, fit: 'fill', kernel: 'linear' }),
  )
  return surround(data, place, input, fill)
}

export function fromPixels({ data, width, height }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } })
}

async function toPixels(picture: Sharp, levels: Levels | null = null): Promise<Pixels> {
  if (levels) return stretch(picture, levels)
  const { data, info } = await picture
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  if (info.channels === 3) return { data, width: info.width, height: info.height }
  throw new DecodeError(`Expected a picture in colour or grey but received one with ${info.channels} channels.`)
}

/** Turns the picture upright, by its EXIF orientation. */
async function turn(picture: Pixels, orientation: number): Promise<Pixels> {
  if (orientation === 1) return picture
  const [mirrored, degrees] = TURNS[orientation] ?? [false, 0]
  const flipped = mirrored ? fromPixels(await toPixels(fromPixels(picture).flop())) : fromPixels(picture)
  return toPixels(flipped.rotate(degrees))
}

/** For each EXIF orientation: mirror left to right or not, then turn clockwise. */
const TURNS: Record<number, [mirrored: boolean, degrees: number]> = {
  1: [false, 0],
  2: [true, 0],
  3: [false, 180],
  4: [true, 180],
  5: [true, 270],
  6: [false, 90],
  7: [true, 90],
  8: [false, 270],
}

/** Where a region of the upright photo lies in the file's own rows and columns. */
function storedRegion(region: Region, orientation: number, stored: { width: number; height: number }): Region {
  const { left, top, width, height } = region
  const right = (of: number, from: number, size: number) => of - from - size
  const { width: W, height: H } = stored
  switch (orientation) {
    case 2:
      return { left: right(W, left, width), top, width, height }
    case 3:
      return { left: right(W, left, width), top: right(H, top, height), width, height }
    case 4:
      return { left, top: right(H, top, height), width, height }
    case 5:
      return { left: top, top: left, width: height, height: width }
    case 6:
      return { left: top, top: right(H, left, width), width: height, height: width }
    case 7:
      return { left: right(W, top, height), top: right(H, left, width), width: height, height: width }
    case 8:
      return { left: right(W, top, height), top: left, width: height, height: width }
    default:
      return region
  }
}

function tooLarge(size: { width: number; height: number }, maxPixels: number): string {
  const mega = (size.width * size.height) / 1e6
  return `Expected at most ${Math.round(maxPixels / 1e6)} megapixels but received ${size.width} x ${size.height} (${mega.toFixed(0)}).`
}

/** What decoding takes in memory, at most: an interlaced picture is held whole, and worked on several times. */
const bytesOf = ({ stored, bytesPerPixel, interlaced }: Source): number =>
  stored.width * stored.height * bytesPerPixel * (interlaced ? INTERLACED_WEIGHT : 1)

function tooHeavy({ stored, interlaced }: Source, bytes: number): string {
  const size = `${stored.width} x ${stored.height}${interlaced ? ', interlaced' : ''}`
  return `Expected a picture that takes at most ${MAX_DECODED_BYTES / 1e6} MB to decode but received one of ${Math.round(bytes / 1e6)} MB (${size}).${interlaced ? ' Save it without interlacing.' : ''}`
}

/** Throws libvips' message as a sentence for the person who took the photo. */
function explain(cause: unknown): never {
  if (cause instanceof DecodeError || cause instanceof UnsupportedType) throw cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const fail = (sentence: string) => new DecodeError(sentence, { cause })
  if (/^timeout/.test(message)) throw fail(`Decoding the picture took longer than ${DEADLINE_S} s and was stopped.`)
  if (/data precision (\d+)/i.test(message)) {
    const [, bits] = /data precision (\d+)/i.exec(message)!
    throw fail(`This JPEG has ${bits} bits per channel, as some scientific cameras write. Export it with 8 bits.`)
  }
  if (/Unsupported JPEG process|SOF type 0x/i.test(message)) {
    throw fail('This JPEG is of a kind (lossless or arithmetic) that is not read here. Export it as an ordinary JPEG.')
  }
  if (/premature|truncat|unexpected end|end of (file|stream)|not enough data|EOF|out of order read/i.test(message)) {
    throw fail('The file is cut off: it ends before the picture does. Copy it again from the camera.')
  }
  throw fail(`The file is damaged: no picture can be made of it (${message.split('\n')[0]}).`)
}

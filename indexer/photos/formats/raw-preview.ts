// The JPEG that a camera puts into its raw file: the largest one of 8 bits that can be found. CR2, NEF, ARW, DNG, ORF
// and RW2 are TIFFs whose directories point to it, RAF says at a fixed place where it is, and CR3 begins its media data
// with it.

export type Preview = {
  jpeg: Uint8Array
  /** EXIF's, of the raw file: the JPEG inside may not say it. */
  orientation: number
}

/** Directories and entries of one file beyond these are no camera's work. */
const MAX_DIRECTORIES = 64
const MAX_ENTRIES = 1000
const CR3_SEARCH_BYTES = 1_000_000
/** A thumbnail shows no animals. */
const LEAST_SIDE_PX = 640

/** Null where there is none of a useful size. */
export function previewOf(bytes: Uint8Array): Preview | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const start = file.toString('latin1', 0, 4)
  if (start === 'II*\0' || start === 'MM\0*' || start.startsWith('II')) return fromTiff(file)
  if (start === 'FUJI' && file.length >= 92) return largest(file, [[file.readUInt32BE(84), file.readUInt32BE(88)]], 1)
  if (file.toString('latin1', 4, 12) === 'ftypcrx ') return largest(file, cr3Places(file), 1)
  return null
}

type Place = [start: number, length: number]

function largest(file: Buffer, places: readonly Place[], orientation: number): Preview | null {
  let best: { jpeg: Buffer; pixels: number } | null = null
  for (const [start, length] of places) {
    if (start < 0 || start + 4 > file.length) continue
    const jpeg = file.subarray(start, start + length)
    const size = jpegSize(jpeg)
    if (!size || Math.max(size.width, size.height) < LEAST_SIDE_PX) continue
    const pixels = size.width * size.height
    if (!best || pixels > best.pixels) best = { jpeg, pixels }
  }
  return best && { jpeg: best.jpeg, orientation }
}

/** Null for what is no JPEG of 8 bits per channel: the sensor's own data may be a lossless one. */
function jpegSize(jpeg: Buffer): { width: number; height: number } | null {
  if (jpeg.length < 4 || jpeg.readUInt16BE(0) !== 0xffd8) return null
  let at = 2
  while (at + 9 < jpeg.length && jpeg[at] === 0xff) {
    const marker = jpeg[at + 1]!
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const isOrdinary = marker <= 0xc2 && jpeg[at + 4] === 8
      return isOrdinary ? { height: jpeg.readUInt16BE(at + 5), width: jpeg.readUInt16BE(at + 7) } : null
    }
    at += 2 + jpeg.readUInt16BE(at + 2)
  }
  return null
}

/** Walks the directories, also those that entries point to. */
function fromTiff(file: Buffer): Preview | null {
  const little = file[0] === 0x49
  const u16 = (at: number) => (at + 2 > file.length ? 0 : little ? file.readUInt16LE(at) : file.readUInt16BE(at))
  const u32 = (at: number) => (at + 4 > file.length ? 0 : little ? file.readUInt32LE(at) : file.readUInt32BE(at))
  const places: Place[] = []
  let orientation = 1
  const seen = new Set<number>()
  const directories = [u32(4)]
  while (directories.length > 0 && seen.size < MAX_DIRECTORIES) {
    const start = directories.shift()!
    if (start === 0 || seen.has(start) || start + 2 > file.length) continue
    seen.add(start)
    const count = Math.min(u16(start), MAX_ENTRIES)
    const tags = new Map<number, number[]>()
    for (let i = 0, at = start + 2; i < count && at + 12 <= file.length; i++, at += 12) tags.set(u16(at), values(at))
    directories.push(...(tags.get(SUB_DIRECTORIES) ?? []), u32(start + 2 + 12 * count))
    if (seen.size === 1) orientation = tags.get(ORIENTATION)?.[0] ?? 1
    for (const [startTag, lengthTag] of [JPEG, STRIP] as const) {
      const [from, length] = [tags.get(startTag), tags.get(lengthTag)]
      if (from?.length === 1 && length?.length === 1) places.push([from[0]!, length[0]!])
    }
    const panasonic = tags.get(PANASONIC_JPEG)
    if (panasonic) places.push([panasonic[0]!, file.length])
  }
  return largest(file, places, orientation >= 1 && orientation <= 8 ? orientation : 1)

  function values(at: number): number[] {
    const [type, count] = [u16(at + 2), u32(at + 4)]
    // Bytes that are a file of their own: where they are, not what they are.
    if (type === 7 || type === 1) return [u32(at + 8)]
    const size = type === 3 ? 2 : 4
    const from = count * size <= 4 ? at + 8 : u32(at + 8)
    return Array.from({ length: Math.min(count, 16) }, (_, i) => (size === 2 ? u16(from + 2 * i) : u32(from + 4 * i)))
  }
}

const SUB_DIRECTORIES = 330
const ORIENTATION = 274
const JPEG = [513, 514] as const
const STRIP = [273, 279] as const
const PANASONIC_JPEG = 46

/** The media data of a CR3 begin with the JPEG; its end is where the decoder stops. */
function cr3Places(file: Buffer): Place[] {
  for (let at = 0; at + 16 <= file.length; ) {
    const short = file.readUInt32BE(at)
    const size = short === 1 ? Number(file.readBigUInt64BE(at + 8)) : short
    if (file.toString('latin1', at + 4, at + 8) === 'mdat') {
      const found = file.subarray(at, at + CR3_SEARCH_BYTES).indexOf(Buffer.from([0xff, 0xd8, 0xff]))
      return found < 0 ? [] : [[at + found, file.length]]
    }
    if (size < 8) return []
    at += size
  }
  return []
}

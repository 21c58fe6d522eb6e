// What a photo's file says about itself: its type, when and where it was taken. Odd or broken EXIF counts as absent;
// only bytes that are no photo at all are refused. Takes 0.4 ms for a photo.

import ExifReader from 'exifreader'
import { coordinate } from './camera-place.ts'
import { cameraTime } from './camera-time.ts'
import { identifyType, type PhotoType } from './file-type.ts'

export type FileFacts = {
  mimeType: PhotoType
  /**
   * What the camera's clock said, as written: "2024:05:01 06:13:22"; null where it said nothing. Its zone is unknown.
   */
  capturedRaw: string | null
  /** The same as "2024-05-01 06:13:22"; null where `capturedRaw` is no possible time. */
  capturedAt: string | null
  /** Degrees, north and east positive. */
  latitude: number | null
  longitude: number | null
}

/** Throws UnsupportedType for bytes that are no photo (file-type.ts), and nothing else. */
export function readPhotoFacts(bytes: Uint8Array): FileFacts {
  const mimeType = identifyType(bytes)
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { exif } = readTags(buffer, SHORT)
  const times = [exif?.DateTimeOriginal, exif?.DateTimeDigitized]
  let place = placeOf(exif)
  let raws = times.map(textOf).filter((text) => text !== null)
  const isTimed = raws.some((raw) => cameraTime(raw) !== null)
  // What other programs wrote is read only where the camera's own words are missing.
  if (!isTimed || (place === null && buffer.subarray(0, XMP_WITHIN).includes('GPSLatitude'))) {
    const { xmp, iptc, pngText } = readTags(buffer, {})
    raws = [...raws, ...timesElsewhere(xmp, iptc, pngText), textOf(exif?.DateTime)].filter((text) => text !== null)
    place ??= placeOf(xmp)
  }
  const capturedRaw = raws.find((raw) => cameraTime(raw) !== null) ?? raws[0] ?? null
  return {
    mimeType,
    capturedRaw,
    capturedAt: capturedRaw === null ? null : cameraTime(capturedRaw),
    latitude: place?.latitude ?? null,
    longitude: place?.longitude ?? null,
  }
}

const XMP_WITHIN = 500_000
const SHORT = { xmp: true, icc: true, iptc: true, makerNotes: true } as const

type Group = Record<string, unknown>
type Tags = { exif?: Group; xmp?: Group; iptc?: Group; pngText?: Group }

function readTags(bytes: Buffer, excludeTags: Partial<typeof SHORT>): Tags {
  try {
    // Damaged files may hold anything under any name, so nothing is known of the values.
    return ExifReader.load(bytes, { expanded: true, excludeTags }) as Tags
  } catch {
    // There is no metadata, or it is damaged. The photo itself may be fine.
    return {}
  }
}

const timesElsewhere = (xmp: Group = {}, iptc: Group = {}, pngText: Group = {}): (string | null)[] => [
  textOf(xmp.DateTimeOriginal),
  textOf(xmp.DateTimeDigitized),
  textOf(xmp.CreateDate),
  textOf(xmp.DateCreated),
  withTime(describedBy(iptc['Date Created']), describedBy(iptc['Time Created'])),
  describedBy(pngText['Creation Time']),
]

/** IPTC keeps the day and the time apart. */
const withTime = (day: string | null, time: string | null): string | null =>
  day === null || time === null ? null : `${day} ${time}`

function placeOf(group: Group | undefined): { latitude: number; longitude: number } | null {
  const read = (name: string, positive: 'N' | 'E', negative: 'S' | 'W') =>
    coordinate(valueIn(group?.[name]), letterOf(group?.[`${name}Ref`]), positive, negative)
  const latitude = read('GPSLatitude', 'N', 'S')
  const longitude = read('GPSLongitude', 'E', 'W')
  // Cameras without a GPS fix write 0, 0, which is in the sea off Ghana.
  return latitude === null || longitude === null || (latitude === 0 && longitude === 0) ? null : { latitude, longitude }
}

const valueIn = (tag: unknown): unknown =>
  typeof tag === 'object' && tag !== null && 'value' in tag ? tag.value : undefined

const firstOf = (tag: unknown): unknown => {
  const value = valueIn(tag)
  return Array.isArray(value) ? value[0] : value
}

const letterOf = (tag: unknown): string => {
  const value = valueIn(tag)
  // Some cameras write letters as bytes.
  const [first, ...others] = Array.isArray(value) ? value : [value]
  if (typeof first === 'number') return String.fromCharCode(first)
  return [first, ...others]
    .filter((text) => typeof text === 'string')
    .join(' ')
    .replaceAll('\0', ' ')
}

/** Null where it is empty, or only zeros or blanks, as from cameras whose clock was never set. */
const said = (text: unknown): string | null => {
  const kept = typeof text === 'string' ? text.replaceAll('\0', '').trim().slice(0, 40) : ''
  return /[1-9]/.test(kept) ? kept : null
}
const textOf = (tag: unknown): string | null => said(firstOf(tag))
const describedBy = (tag: unknown): string | null =>
  typeof tag === 'object' && tag !== null && 'description' in tag ? said(tag.description) : null

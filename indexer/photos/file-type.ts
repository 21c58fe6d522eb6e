// Which type of file some bytes are: one that photos may have, or UnsupportedType with a sentence that says what to do.
// The content decides, because names and HTTP headers may be wrong.

import { UnsupportedType } from '../errors.ts'
import { previewOf } from './formats/raw-preview.ts'

export type PhotoType =
  | 'image/jpeg'
  | 'image/png'
  | 'image/webp'
  | 'image/gif'
  | 'image/tiff'
  | 'image/avif'
  | 'image/heic'
  | 'image/x-raw'

const SENTENCES: Record<string, string> = {
  empty: 'The file is empty.',
  heic: 'Damaged HEIC photos cannot be read here. Export them as JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible).',
  raw: 'Raw camera files cannot be read here unless the camera put a large JPEG inside, and this one holds none. Export it as JPEG, or import the JPEG that the camera wrote next to it.',
  video:
    'This is a video. Expected a photo: JPEG, PNG, WebP, GIF, TIFF, AVIF or HEIC. Import it by itself: its best pictures become photos.',
  svg: 'This is a drawing (SVG). Expected a photo: JPEG, PNG, WebP, GIF, TIFF, AVIF or HEIC.',
  pdf: 'This is a PDF. Expected a photo: JPEG, PNG, WebP, GIF, TIFF, AVIF or HEIC.',
  unknown: 'Expected a photo (JPEG, PNG, WebP, GIF, TIFF, AVIF or HEIC) but received a file of another type.',
}

/** Raw files of Fujifilm, Olympus, Panasonic, Minolta and Sigma. Those of other makers look like TIFF. */
const RAW_STARTS = ['FUJIFILMCCD-RAW', 'IIRO', 'IIRS', 'IIU\0', 'MMOR', '\0MRM', 'FOVb']
/** Matroska and MPEG. MP4 and AVI are recognised by later bytes. */
const VIDEO_STARTS = ['\x1aE\xdf\xa3', '\0\0\x01\xba']

/** The type of photo that these bytes are. Throws UnsupportedType. */
export function identifyType(bytes: Uint8Array): PhotoType {
  const refuse = (type: string) => new UnsupportedType(type, SENTENCES[type]!)
  if (bytes.length === 0) throw refuse('empty')
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096))
  const rawType = (): PhotoType => {
    if (previewOf(bytes)) return 'image/x-raw'
    throw refuse('raw')
  }
  const text = (start: number, end: number) => head.toString('latin1', start, end)
  if (text(0, 3) === '\xff\xd8\xff') return 'image/jpeg'
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png'
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp'
  if (/^GIF8[79]a/.test(text(0, 6))) return 'image/gif'
  if (text(4, 8) === 'ftyp') {
    const brands = text(8, Math.min(head.readUInt32BE(0), 64))
    if (/avif|avis/.test(brands)) return 'image/avif'
    if (brands.startsWith('crx')) return rawType()
    if (/hei[cxms]|hev[cxms]|mif1|msf1/.test(brands)) {
      // A photo says where its picture lies.
      if (head.indexOf('meta', 8, 'latin1') > 0) return 'image/heic'
      throw refuse('heic')
    }
    throw refuse('video')
  }
  if (text(0, 4) === 'II*\0' || text(0, 4) === 'MM\0*') {
    if (isRawTiff(head)) return rawType()
    return 'image/tiff'
  }
  if (RAW_STARTS.some((start) => text(0, 15).startsWith(start))) return rawType()
  if (text(8, 12) === 'AVI ' || VIDEO_STARTS.includes(text(0, 4))) throw refuse('video')
  if (text(0, 5) === '%PDF-') throw refuse('pdf')
  if (/^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/is.test(text(0, 1024)))
    throw refuse('svg')
  throw refuse('unknown')
}

/**
 * Raw files of most makers are TIFFs whose first directory holds a small preview. They say so (NewSubfileType 1), point
 * to the raw data (SubIFDs), or are a DNG or CR2.
 */
function isRawTiff(head: Buffer): boolean {
  if (head.toString('latin1', 8, 10) === 'CR') return true
  const little = head[0] === 0x49
  const u16 = (at: number) => (little ? head.readUInt16LE(at) : head.readUInt16BE(at))
  const u32 = (at: number) => (little ? head.readUInt32LE(at) : head.readUInt32BE(at))
  if (head.length < 8) return false
  const start = u32(4)
  if (start + 2 > head.length) return false
  const entries = u16(start)
  let make = false
  let preview = false
  for (let i = 0, at = start + 2; i < entries && at + 12 <= head.length; i++, at += 12) {
    const tag = u16(at)
    if (tag === 50_706) return true
    if (tag === 271) make = true
    if (tag === 330 || (tag === 254 && u32(at + 8) === 1)) preview = true
  }
  return make && preview
}

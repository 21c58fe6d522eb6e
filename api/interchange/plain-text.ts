// Text as people's files have it: names with every kind of white space and of accents, tables in every encoding that
// spreadsheets write.

import { isUtf8 } from 'node:buffer'

/**
 * The encoding of a text that begins with these bytes. A byte order mark decides; else zero bytes of UTF-16; else
 * UTF-8, in which single lines may be Windows-1252 (`openDecoder`); else what old Macs wrote, whose lines end in CR.
 */
export function encodingOf(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | 'macintosh' {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const zeros = [0, 0]
  const sample = Math.min(head.length, 4000)
  for (let i = 0; i < sample; i++) if (head[i] === 0) zeros[i % 2]!++
  const [even = 0, odd = 0] = zeros
  if (Math.max(even, odd) * 5 > sample) return odd > even ? 'utf-16le' : 'utf-16be'
  const isMac = head.includes(0x0d) && !head.includes(0x0a)
  return isMac && !isUtf8(withoutCutCharacter(head)) ? 'macintosh' : 'utf-8'
}

/** The last character of a part may be cut. */
function withoutCutCharacter(bytes: Uint8Array): Uint8Array {
  for (let cut = 1; cut <= 3 && cut < bytes.length; cut++)
    if (bytes[bytes.length - cut]! >= 0xc0) return bytes.subarray(0, bytes.length - cut)
  return bytes
}

export type Decoder = { push(bytes: Uint8Array): string; end(): string }

/**
 * Text as it comes. In UTF-8, a line that is no UTF-8 is Windows-1252, which spreadsheets write in western Europe and
 * the Americas, and in which every byte is a character: one such line changes no other.
 */
export function openDecoder(encoding: string): Decoder {
  if (encoding !== 'utf-8') {
    const decoder = new TextDecoder(encoding)
    return { push: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() }
  }
  let rest = Buffer.alloc(0)
  const decode = (bytes: Buffer): string => {
    if (isUtf8(bytes)) return bytes.toString('utf8')
    const lines: string[] = []
    for (let at = 0; at < bytes.length; ) {
      const newline = bytes.indexOf(0x0a, at)
      const line = bytes.subarray(at, newline < 0 ? bytes.length : newline + 1)
      lines.push(isUtf8(line) ? line.toString('utf8') : decodeWindows1252(line))
      at += line.length
    }
    return lines.join('')
  }
  return {
    push(bytes) {
      const whole = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes])
      const end = whole.lastIndexOf(0x0a) + 1
      rest = whole.subarray(end)
      return decode(whole.subarray(0, end))
    },
    end: () => decode(rest),
  }
}

/** What Windows-1252 has from 128 to 159: quotes, dashes, the euro. Elsewhere it is Latin-1. */
const OF_WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** Node.js 20 has a decoder of this name that reads these bytes as control characters. */
export const decodeWindows1252 = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (sign) => OF_WINDOWS[sign.charCodeAt(0) - 128] ?? sign)

/** The text of a whole file, without a byte order mark. */
export function decodeText(bytes: Uint8Array): string {
  const decoder = openDecoder(encodingOf(bytes))
  return (decoder.push(bytes) + decoder.end()).replace(/^\uFEFF/, '')
}

/**
 * For csv-parse, with `ltrim`: its own `trim` loses the whole table where a word follows a closing quote. After such a
 * quote and a blank the quotes are still there.
 */
export const trimCell = (text: string): string => text.replace(/^"(.*)"\s+$/s, '$1').trim()

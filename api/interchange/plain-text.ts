// Text as people's files have it: names with every kind of white space and of accents, tables in every encoding that
// spreadsheets write.

import { isUtf8 } from 'node:buffer'

/**
 * The text of a table. A byte order mark decides; else UTF-8 where it is that; else Windows-1252, which spreadsheets
 * write in western Europe and the Americas, and in which every byte is a character.
 */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  return new TextDecoder(isUtf8(bytes) ? 'utf-8' : 'windows-1252').decode(bytes)
}

/** What separates the columns of a table, from its first line: the sign that makes most of them. */
export function delimiterOf(text: string): ',' | ';' | '\t' {
  const header = text.slice(0, 100_000).split(/\r?\n/, 1)[0] ?? ''
  const signs = [',', ';', '\t'] as const
  return signs.reduce((best, sign) => (header.split(sign).length > header.split(best).length ? sign : best))
}

/**
 * For csv-parse, with `ltrim`: its own `trim` loses the whole table where a word follows a closing quote. After such a
 * quote and a blank the quotes are still there.
 */
export const trimCell = (text: string): string => text.replace(/^"(.*)"\s+$/s, '$1').trim()

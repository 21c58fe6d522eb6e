// The names of a zip's files. Only a flag says that they are UTF-8; without it they are in whatever code page the
// packing computer had, and the names themselves tell which is likely.

import { isUtf8 } from 'node:buffer'
import type { Entry } from 'yauzl'
import { tidyText } from '../contract/exchange/text.ts'
import { decodeWindows1252 } from './plain-text.ts'

/** Letters beyond ASCII in the code pages of DOS and old Windows, from byte 128 on. */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0'
const CP850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0'

type Named = Pick<Entry, 'fileNameRaw' | 'extraFields'>

/** The paths of a zip's entries, in the same order: with `/`, in NFC. */
export function namesOfZip(entries: readonly Named[]): string[] {
  const known = entries.map(unicodeName)
  const others = entries.flatMap(({ fileNameRaw }, i) => (known[i] === null ? [fileNameRaw] : []))
  const decode = codePageOf(others)
  return entries.map(({ fileNameRaw }, i) =>
    (known[i] ?? decode(fileNameRaw))
      .normalize('NFC')
      .replaceAll('\\', '/')
      .replace(/^(\.\/)+/, ''),
  )
}

/**
 * Many programs (macOS' own, old libraries) write UTF-8 without the flag: bytes that are valid UTF-8 are UTF-8. Others
 * keep the name a second time, in a field for UTF-8 (0x7075), whose checksum of the first name yauzl's own names
 * ignore.
 */
function unicodeName({ fileNameRaw, extraFields }: Named): string | null {
  const field = extraFields.find(({ id }) => id === 0x7075)?.data
  if (field !== undefined && field[0] === 1 && field.length > 5 && isUtf8(field.subarray(5)))
    return field.subarray(5).toString('utf8')
  return isUtf8(fileNameRaw) ? fileNameRaw.toString('utf8') : null
}

type Decode = (bytes: Buffer) => string

const byTable =
  (table: string): Decode =>
  (bytes) =>
    [...bytes].map((byte) => (byte < 128 ? String.fromCharCode(byte) : table[byte - 128])).join('')
const byLabel =
  (label: string): Decode =>
  (bytes) =>
    new TextDecoder(label).decode(bytes)

/** One of western Europe, where letters beyond ASCII stand alone; or one of two bytes a character, or Cyrillic. */
function codePageOf(names: readonly Buffer[]): Decode {
  const bytes = Buffer.concat(names.flatMap((name) => [name, Buffer.from('/')]))
  const runs = bytes.toString('latin1').match(/[\x80-\xff]+/g) ?? []
  const isOfRuns = runs.join('').length >= 2 * runs.length
  const candidates = isOfRuns
    ? [
        byLabel('shift_jis'),
        byLabel('ibm866'),
        byLabel('windows-1251'),
        byLabel('gbk'),
        byLabel('euc-kr'),
        byLabel('big5'),
      ]
    : [byTable(CP437), byTable(CP850), decodeWindows1252]
  return best([...candidates, byTable(CP437)], bytes)
}

function best(candidates: Decode[], bytes: Buffer): Decode {
  const rated = candidates.map((decode) => ({ decode, rate: rateOf(decode(bytes)) }))
  return rated.reduce((a, b) => (b.rate > a.rate ? b : a)).decode
}

/** How much a text looks like names: the mean over its characters beyond ASCII. */
function rateOf(text: string): number {
  const rates = [...text.matchAll(/[^\0-\x7f]/gu)].map(({ 0: sign, index }) => rateOfSign(sign, text.slice(0, index)))
  return rates.length === 0 ? 0 : rates.reduce((sum, rate) => sum + rate, 0) / rates.length
}

function rateOfSign(sign: string, before: string): number {
  if (/[\u3040-\u30ff]/u.test(sign)) return 3
  if (/\p{Script=Han}|\p{Script=Hangul}/u.test(sign)) return COMMON.test(sign) ? 2 : 1
  if (/[\uff61-\uff9f]/u.test(sign)) return -1
  const isInWord = /\p{Ll}$/u.test(before)
  if (/\p{Script=Cyrillic}/u.test(sign)) return /\p{Lu}/u.test(sign) && isInWord ? -1 : 2
  if (/\p{Script=Latin}/u.test(sign)) return /\p{Lu}/u.test(sign) && isInWord ? -1 : 2
  return -3
}

/** Characters that names of places, people, months and animals are full of. */
const COMMON =
  /[一二三四五六七八九十上下中大小山水川河湖海林森木石土田地村市省区县縣鎮镇路站点號号照片年月日相机機北南东東西新老红紅白黑青黄金银花草鸟鳥鱼魚虎豹熊鹿狐狼猫犬馬马牛羊猪兔鼠蛇龙가강고구국군기김남대도동리마면미부북사산상서성수시신아안양여영오우원월위유의이인일자장전정제조주중지진천청충태평포하한해현호화황]/u

/** What is in a zip but cannot be unpacked here; null where it can. */
export function faultOfZipEntry(entry: Entry): string | null {
  if (entry.isEncrypted()) return 'It is encrypted in its zip. Pack it without a password.'
  const unixType = (entry.externalFileAttributes >>> 28) & 0xf
  if (entry.versionMadeBy >> 8 === UNIX && unixType === LINK) return 'It is a link, which holds no photo.'
  if (entry.compressionMethod === STORED || entry.compressionMethod === DEFLATED) return null
  const method = METHODS[entry.compressionMethod] ?? `method ${entry.compressionMethod}`
  return `It is packed by ${method}, which is not read here. Pack it again as a plain zip (Deflate).`
}
const UNIX = 3
const LINK = 0xa
const STORED = 0
const DEFLATED = 8
const METHODS: Record<number, string> = {
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'XZ',
  98: 'PPMd',
}

/** Why a file cannot be read as a zip, for people. */
export function faultOfZip(cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause)
  if (/multi-disk/i.test(reason)) return 'It is one part of a zip of several parts. Join the parts first.'
  if (/central directory record|unexpected EOF/i.test(reason))
    return 'It is no zip, or was not fully copied. Pack it again.'
  return 'Its list of files is damaged, or something stands before or after the zip. Pack it again.'
}

/** Why a name cannot be a path inside the zip; null where it can. */
export function faultOfZipName(name: string): string | null {
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) return 'Its name in the zip is a path of another computer.'
  if (name.split('/').includes('..')) return 'Its name in the zip leads out of the zip.'
  return tidyText(name) === '' ? 'It has no name in the zip.' : null
}

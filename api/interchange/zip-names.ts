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
const CP852 =
  'ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u00ad˝˛ˇ˘§÷¸°¨˙űŘř■\u00a0'

type Named = Pick<Entry, 'fileNameRaw' | 'extraFields'>

/** `codePage`: that which names without any sign of theirs are read in; null where there are none. */
type NamesOfZip = { names: string[]; codePage: string | null }

/** The paths of a zip's entries, in the same order: with `/`, in NFC. */
export const namesOfZip = (entries: readonly Named[]): string[] => readZipNames(entries).names

export function readZipNames(entries: readonly Named[]): NamesOfZip {
  const known = entries.map(unicodeName)
  const others = entries.flatMap(({ fileNameRaw }, i) => (known[i] === null ? [fileNameRaw] : []))
  const { name, decode } = codePageOf(others)
  const names = entries.map(({ fileNameRaw }, i) =>
    (known[i] ?? decode(fileNameRaw))
      .normalize('NFC')
      .replaceAll('\\', '/')
      .replace(/^(\.\/)+/, ''),
  )
  return { names, codePage: others.length === 0 ? null : name }
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

type CodePage = { name: string; decode: (bytes: Buffer) => string }

const byTable = (name: string, table: string): CodePage => ({
  name,
  decode: (bytes) => [...bytes].map((byte) => (byte < 128 ? String.fromCharCode(byte) : table[byte - 128])).join(''),
})
const byLabel = (name: string, label: string): CodePage => ({
  name,
  decode: (bytes) => new TextDecoder(label).decode(bytes),
})

/** Where two fit as well, the first is chosen. */
const LATIN: CodePage[] = [
  byTable('CP437', CP437),
  byTable('CP850', CP850),
  { name: 'Windows-1252', decode: decodeWindows1252 },
  byLabel('Windows-1250', 'windows-1250'),
  byTable('CP852', CP852),
]
const OTHERS: CodePage[] = [
  byLabel('Shift JIS', 'shift_jis'),
  byLabel('CP866', 'ibm866'),
  byLabel('Windows-1251', 'windows-1251'),
  byLabel('GBK', 'gbk'),
  byLabel('EUC-KR', 'euc-kr'),
  byLabel('Big5', 'big5'),
]

/** Of the west and the middle of Europe, where letters beyond ASCII mostly stand alone, or of other scripts. */
function codePageOf(names: readonly Buffer[]): CodePage {
  const bytes = Buffer.concat(names.flatMap((name) => [name, Buffer.from('/')]))
  const runs = bytes.toString('latin1').match(/[\x80-\xff]+/g) ?? []
  const isOfRuns = runs.join('').length >= 2 * runs.length
  const candidates = isOfRuns ? [...OTHERS, ...LATIN] : LATIN
  const rated = candidates.map((page) => ({ page, rate: rateOf(page.decode(bytes)) }))
  return rated.reduce((a, b) => (b.rate > a.rate ? b : a)).page
}

/** What languages write beyond ASCII: names in one zip are mostly of one of them. */
const ALPHABETS = [
  'àâæçéèêëîïôœùûüÿ',
  'äöüß',
  'áéíñóúüçàèïòºª',
  'áâãàçéêíóôõúü',
  'àèéìîòù',
  'åäöæøéü',
  'áæéðíóöúýþ',
  'ąćęłńóśźż',
  'áäčďéěíĺľňóôŕřšťúůýž',
  'áéíóöőúüű',
  'âăîșşțţ',
  'čćđšž',
].map((letters) => new Set(letters))

/** The share of the letters that no one language of these has. */
function foreignShare(text: string): number {
  const letters = text.toLowerCase().match(/(?![\0-\x7f])\p{Script=Latin}/gu) ?? []
  if (letters.length === 0) return 0
  const most = Math.max(...ALPHABETS.map((alphabet) => letters.filter((letter) => alphabet.has(letter)).length))
  return 1 - most / letters.length
}

/**
 * How much a text looks like names: the mean over its characters beyond ASCII, less where letters are of several
 * languages.
 */
function rateOf(text: string): number {
  const signs = [...text.matchAll(/[^\0-\x7f]/gu)]
  const rates = signs.map(({ 0: sign, index }) =>
    rateOfSign(sign, text.slice(Math.max(0, index - 2), index), text[index + sign.length] ?? ''),
  )
  return rates.length === 0 ? 0 : rates.reduce((sum, rate) => sum + rate, 0) / rates.length - foreignShare(text)
}

function rateOfSign(sign: string, before: string, after: string): number {
  if (/[\u3040-\u30ff]/u.test(sign)) return 3
  if (/\p{Script=Han}|\p{Script=Hangul}/u.test(sign)) return COMMON.test(sign) ? 2 : 1
  if (/[\uff61-\uff9f]/u.test(sign)) return -1
  const isInWord = /\p{Ll}$/u.test(before)
  // No word mixes alphabets, þ begins words, ß follows vowels, and some letters are rare.
  if (/\p{Script=Cyrillic}/u.test(sign) && /[a-z]/i.test(after + before.slice(-1))) return -1
  if (sign === 'þ' && isInWord) return 0
  if (sign === 'ß' && !/[aeiouyäöü]$/i.test(before)) return 0
  if (/[õðý]/.test(sign)) return 1.9
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

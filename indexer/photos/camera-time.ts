// Times as cameras, phones and programs write them, read as the clock showed them.

const EAST_ASIAN = /^\s*(\d{4})\s*[年년]\s*(\d\d?)\s*[月월]\s*(\d\d?)\s*[日일]/
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const DAY = String.raw`(\d{4})\s*[:\-/.]\s*(\d\d?)\s*[:\-/.]\s*(\d\d?)`
const TIME = String.raw`(\d\d?)\s*[:.\-]\s*(\d\d?)(?:\s*[:.\-]\s*(\d\d?))?(?::\d{3})?(?![\d:])`
const NOON = String.raw`(?:[.,]\d+)?\s*(a\.?m\.?|p\.?m\.?|上午|下午|午前|午後|오전|오후)?`

const DAY_FIRST = new RegExp(`^${DAY}[\\sT,_]+(上午|下午|午前|午後|오전|오후)?\\s*${TIME}${NOON}`, 'i')
const COMPACT = /^(\d{4})(\d\d)(\d\d)[T ]?(\d\d)(\d\d)(\d\d)(?!\d)/
/** "Fri, 05 Jan 2024 07:03:09 +0200", "05-Jan-2024 07:03:09". */
const NAMED = new RegExp(`^(?:[a-z]{3},? )?(\\d\\d?)[ -]([a-z]{3})[a-z]*\\.?[ -](\\d{4})[\\s,]+${TIME}${NOON}`, 'i')
/** "Fri Jan  5 07:03:09 2024". */
const UNIX = new RegExp(`^[a-z]{3} ([a-z]{3})\\s+(\\d\\d?) ${TIME} (\\d{4})$`, 'i')
/** Of a clock that was never set: where it starts to count, at midnight in whatever zone. */
const UNSET = /^(1904|1970|1980)-01-01 \d\d:00:00$/

/**
 * EXIF has "YYYY:MM:DD HH:MM:SS"; others write dashes, a T, one digit, a blank for a zero, fractions, a zone (which is
 * left out: the clock showed what is written), twelve hours, the names of months. As "2024-05-01 06:13:22"; null for
 * the 31st of February, and for a clock that was never set.
 */
export function cameraTime(written: string): string | null {
  const text = written.normalize('NFKC').replaceAll('\0', ' ').replace(EAST_ASIAN, '$1-$2-$3 ').trim()
  const time = partsOf(text)
  if (time === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = time
  const pad = (number: number) => String(number).padStart(2, '0')
  const read = `${String(year).padStart(4, '0')}-${pad(month)}-${pad(day)} ${pad(hour)}:${pad(minute)}:${pad(second)}`
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  const isPossible = year >= 100 && at.toISOString().slice(0, 19) === read.replace(' ', 'T')
  return isPossible && !UNSET.test(read) ? read : null
}

function partsOf(text: string): number[] | null {
  const full = DAY_FIRST.exec(text)
  if (full) return clock(full.slice(1, 4).map(Number), full.slice(5, 8), full[4] ?? full[8])
  const compact = COMPACT.exec(text)
  if (compact) return compact.slice(1).map(Number)
  const named = NAMED.exec(text)
  if (named) return clock([Number(named[3]), monthOf(named[2]), Number(named[1])], named.slice(4, 7), named[7])
  const unix = UNIX.exec(text)
  return unix ? clock([Number(unix[6]), monthOf(unix[1]), Number(unix[2])], unix.slice(3, 6), undefined) : null
}

const monthOf = (name: string | undefined) => MONTHS.indexOf((name ?? '').toLowerCase()) + 1

function clock(day: number[], time: (string | undefined)[], half: string | undefined): number[] | null {
  const [hour = 0, minute = 0, second = 0] = time.map((part) => Number(part ?? 0))
  if (half === undefined) return [...day, hour, minute, second]
  if (hour > 12 || hour < 1) return [...day, hour, minute, second]
  const isLate = /^(p|下午|午後|오후)/i.test(half)
  return [...day, (hour % 12) + (isLate ? 12 : 0), minute, second]
}

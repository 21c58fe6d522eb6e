// Places as cameras and programs write them. The half of the earth is never guessed: a wrong guess would be on its
// other side.

/** Degrees, minutes and seconds. */
type Angle = { degrees: number; minus: boolean; letter: string }

/**
 * Degrees, positive to the north or east; null where the reference is missing or another one, and for what is no
 * place. `written`: EXIF's fractions, or text ("33,51.6S", "N 12 34.5", "33°51'36\"S", "-33.86"). `reference`: what
 * EXIF has apart, a letter or a word of any language in the table ("S", "s.", "South", "Sud").
 */
export function coordinate(
  written: unknown,
  reference: string,
  positive: 'N' | 'E',
  negative: 'S' | 'W',
): number | null {
  const fractions = fractionsIn(written)
  const angle = fractions === null ? ofText(textIn(written)) : ofFractions(fractions)
  if (angle === null) return null
  const said = halfOf(reference)
  if (said === null) return null
  const letter = said || angle.letter
  if (angle.letter !== '' && angle.letter !== letter) return null
  if (angle.degrees > (positive === 'N' ? 90 : 180)) return null
  // A minus contradicts the north and the east.
  if (letter === positive) return angle.minus ? null : angle.degrees
  if (letter === negative || (letter === '' && angle.minus && !Array.isArray(written))) return -angle.degrees
  return null
}

/** A single one stands alone: degrees with decimals. */
function fractionsIn(written: unknown): unknown[] | null {
  if (!Array.isArray(written)) return null
  if (Array.isArray(written[0])) return written
  return written.length === 2 && typeof written[0] === 'number' ? [written] : null
}

const textIn = (written: unknown): string =>
  typeof written === 'string' ? written : Array.isArray(written) && typeof written[0] === 'string' ? written[0] : ''

/** 0/0 stands for minutes and seconds that a camera does not know. */
function ofFractions(fractions: unknown[]): Angle | null {
  const numbers = fractions.map((fraction) => {
    const [above, below] = Array.isArray(fraction) ? fraction : []
    if (typeof above !== 'number' || typeof below !== 'number') return Number.NaN
    return below === 0 && above === 0 ? null : above / below
  })
  if (numbers[0] === null) return null
  return angleOf(
    numbers.map((number) => Math.abs(number ?? 0)),
    numbers.some((number) => (number ?? 0) < 0),
    '',
  )
}

function ofText(text: string): Angle | null {
  const plain = text.normalize('NFKC').replaceAll('\0', ' ').replaceAll('−', '-').trim()
  const match = /^([\p{L}\p{M}.]*)\s*(-)?\s*([\d.,\s°º'"′″’”:]+?)\s*([\p{L}\p{M}][\p{L}\p{M}.\s]*)?$/u.exec(
    plain.replace(/(?<=\d)\s*deg(rees)?\.?(?=\s|$)/i, '°'),
  )
  if (match === null) return null
  const [, wordBefore = '', minus, body = '', wordAfter = ''] = match
  const before = halfOf(wordBefore)
  const after = halfOf(wordAfter)
  if (before === null || after === null || (before !== '' && after !== '')) return null
  const numbers = (body.match(/\d+(?:\.\d+)?/g) ?? []).map(Number)
  return angleOf(numbers, minus !== undefined, before || after)
}

function angleOf(numbers: number[], minus: boolean, letter: string): Angle | null {
  const [degrees, minutes = 0, seconds = 0] = numbers
  if (degrees === undefined || numbers.length > 3 || !numbers.every(Number.isFinite)) return null
  // Rounding makes 60 of 59.99.
  if (minutes > 60 || seconds > 60) return null
  return { degrees: degrees + minutes / 60 + seconds / 3600, minus, letter }
}

/** Halves of the earth in words. "O" alone is west in some languages and east in others, so it is none. */
const HALVES: Record<'N' | 'S' | 'E' | 'W', string> = {
  N: 'n north northern nord nordlich noerdlich norden norte noord norr norra septentrion pohjoinen sever polnoc eszak kuzey север с 北 北緯 北纬',
  S: 's south southern sud sudlich suedlich suden sued sur sul zuid syd soder sodra etela jih poludnie del guney юг ю 南 南緯 南纬',
  E: 'e east eastern ostlich oestlich est este leste ost osten oost oster ostra ita vychod wschod kelet dogu восток в 東 东 東経 东经',
  W: 'w west western westlich westen ouest oeste ovest vest vast vaster vastra lansi zapad zachod nyugat bati запад з 西 西経 西经',
}
const HALF_OF = new Map(Object.entries(HALVES).flatMap(([half, words]) => words.split(' ').map((word) => [word, half])))

/** N, S, E or W; '' where nothing is said, null where it is not known what. */
function halfOf(text: string): string | null {
  const plain = text
    .replaceAll('\0', ' ')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l')
    .replaceAll('ı', 'i')
    .normalize('NFC')
  const [word = '', ...others] = plain
    .split(/[^\p{L}]+/u)
    .filter((one) => !/^(lat(itude)?|lon(gitude)?|hemisphere)$/.test(one) && one !== '')
  if (word === '') return plain.trim() === '' ? '' : null
  return others.length === 0 ? (HALF_OF.get(word) ?? null) : null
}

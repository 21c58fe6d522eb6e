// Places as cameras and programs write them. The half of the earth is never guessed: a wrong guess would be on its
// other side.

/** Degrees, minutes and seconds. */
type Angle = { degrees: number; minus: boolean; letter: string }

/**
 * Degrees, positive to the north or east; null where the reference is missing or another one, and for what is no
 * place. `written`: EXIF's fractions, or text ("33,51.6S", "N 12 34.5", "33°51'36\"S", "-33.86"). `reference`: the
 * letter that EXIF has apart, however it is written ("S", "s", "South").
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
  const letter = reference.trim().charAt(0).toUpperCase() || angle.letter
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
  const match = /^([NSEW])?[a-z]*\s*(-)?\s*([\d.,\s°º'"′″’”:]+?)\s*([NSEW])?[a-z]*$/i.exec(plain)
  if (match === null) return null
  const [, before, minus, body = '', after] = match
  if (before !== undefined && after !== undefined) return null
  const numbers = (body.match(/\d+(?:\.\d+)?/g) ?? []).map(Number)
  return angleOf(numbers, minus !== undefined, (before ?? after ?? '').toUpperCase())
}

function angleOf(numbers: number[], minus: boolean, letter: string): Angle | null {
  const [degrees, minutes = 0, seconds = 0] = numbers
  if (degrees === undefined || numbers.length > 3 || !numbers.every(Number.isFinite)) return null
  // Rounding makes 60 of 59.99.
  if (minutes > 60 || seconds > 60) return null
  return { degrees: degrees + minutes / 60 + seconds / 3600, minus, letter }
}

// What a person said of photos without a time, as the service asks it.

import type { MissingFacts } from '../../../api/contract/survey/missing.ts'

type Asked = { mediaId?: string; at: string; secondsApart: number }

const utc = (clock: string) => Date.parse(`${clock}Z`)

/** Throws an Error with a sentence about what is lacking. */
export function askedOf(
  { first, last, apart }: { first: string; last: string; apart: string },
  item: Pick<MissingFacts, 'undated' | 'last'>,
): Asked {
  const seconds = Number(apart.replace(',', '.'))
  if (first === '' && last === '') throw new Error('Say when the first or the last of these photos was taken.')
  if (first !== '' && last !== '' && item.undated > 1) {
    if (utc(last) < utc(first)) throw new Error('The last photo was taken before the first. Look at both times again.')
    return { at: first, secondsApart: (utc(last) - utc(first)) / 1000 / (item.undated - 1) }
  }
  if (item.undated > 1 && (apart.trim() === '' || Number.isNaN(seconds) || seconds < 0))
    throw new Error(
      'Say how many seconds lie between one photo and the next, or when both the first and the last were taken.',
    )
  const secondsApart = item.undated > 1 ? seconds : 0
  return first !== '' ? { at: first, secondsApart } : { mediaId: item.last?.mediaId, at: last, secondsApart }
}

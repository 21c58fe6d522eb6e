// What a deployment's photos say about its camera: a wrong clock, gaps, floods, a dead flash. Rules of CamTrapTools.

import { groupedBy } from '../../interchange/grouped.ts'
import { DAY_MS, HOUR_MS, startOfDay } from '../../interchange/local-time.ts'

export type HealthPhoto = {
  mediaId: number
  /** The file's path in its deployment: cameras number their files in order. */
  filename: string
  /** Clock milliseconds, null where unknown. */
  takenAt: number | null
}

export type HealthFault =
  | 'undated'
  | 'before2010'
  | 'inTheFuture'
  | 'clockRunsBackwards'
  | 'gap'
  | 'manyPhotosADay'
  | 'noNightPhotos'
  | 'outsideDates'

export type HealthFinding = {
  fault: HealthFault
  /** How many photos, days or gaps it concerns. */
  count: number
  /** Clock milliseconds where it begins and ends, where it has a time. */
  from: number | null
  to: number | null
  /** Some of the photos that show it, at most 20. */
  mediaIds: number[]
}

const FIRST_CREDIBLE = Date.UTC(2010, 0, 1)
const GAP_MS = 21 * DAY_MS
const MANY_A_DAY = 100
const ENOUGH_FOR_NIGHT = 50
/** Clocks are set by hand and zones differ: only more than a day ahead is a fault. */
const FUTURE_MARGIN_MS = DAY_MS
const BACKWARDS_MARGIN_MS = 60_000
const SHOWN = 20

/** `now`: clock milliseconds of today. `start` and `end` as recorded for the deployment. */
export function cameraHealth(
  photos: readonly HealthPhoto[],
  { start, end, now }: { start: number | null; end: number | null; now: number },
): HealthFinding[] {
  const dated = photos
    .flatMap((photo) => (photo.takenAt === null ? [] : [{ ...photo, takenAt: photo.takenAt }]))
    .sort((a, b) => a.takenAt - b.takenAt)
  const undated = photos.filter(({ takenAt }) => takenAt === null)
  const outside = dated.filter(({ takenAt }) => (start !== null && takenAt < start) || (end !== null && takenAt > end))
  return [
    ...about('undated', undated, null),
    ...about(
      'before2010',
      dated.filter(({ takenAt }) => takenAt < FIRST_CREDIBLE),
    ),
    ...about(
      'inTheFuture',
      dated.filter(({ takenAt }) => takenAt > now + FUTURE_MARGIN_MS),
    ),
    ...about('clockRunsBackwards', steppedBack(dated)),
    ...about('outsideDates', outside),
    ...gaps(dated, start, end),
    ...floods(dated),
    ...noNight(dated),
  ]
}

type Dated = HealthPhoto & { takenAt: number }

function about(
  fault: HealthFault,
  photos: readonly HealthPhoto[],
  span: null | undefined = undefined,
): HealthFinding[] {
  if (photos.length === 0) return []
  const times = photos.flatMap(({ takenAt }) => (takenAt === null ? [] : [takenAt]))
  return [
    {
      fault,
      count: photos.length,
      from: span === null || times.length === 0 ? null : least(times),
      to: span === null || times.length === 0 ? null : most(times),
      mediaIds: photos.slice(0, SHOWN).map(({ mediaId }) => mediaId),
    },
  ]
}

/** A camera may have more photos than a call may have arguments. */
const least = (times: readonly number[]) => times.reduce((a, b) => Math.min(a, b))
const most = (times: readonly number[]) => times.reduce((a, b) => Math.max(a, b))

const DIGITS = /\d+/g

/** Numbers sort by their value: a text to compare, which is many times quicker than a collator. */
const inOrderOfNumbers = (name: string) => name.toLowerCase().replace(DIGITS, (digits) => digits.padStart(16, '0'))

/** Photos taken earlier than the file before them, by the order of names within a folder. */
function steppedBack(dated: readonly Dated[]): Dated[] {
  const named = dated.map((photo) => ({ photo, name: inOrderOfNumbers(photo.filename) }))
  const inOrder = named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)).map(({ photo }) => photo)
  const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1)
  return inOrder.filter((photo, k) => {
    const before = inOrder[k - 1]
    return (
      before !== undefined &&
      folderOf(before.filename) === folderOf(photo.filename) &&
      photo.takenAt < before.takenAt - BACKWARDS_MARGIN_MS
    )
  })
}

function gaps(dated: readonly Dated[], start: number | null, end: number | null): HealthFinding[] {
  const found: { from: number; to: number; mediaIds: number[] }[] = []
  const marks: { at: number; mediaId: number | null }[] = [
    ...(start === null ? [] : [{ at: start, mediaId: null }]),
    ...dated.map(({ takenAt, mediaId }) => ({ at: takenAt, mediaId })),
    ...(end === null ? [] : [{ at: end, mediaId: null }]),
  ].sort((a, b) => a.at - b.at)
  for (const [k, mark] of marks.entries()) {
    const before = marks[k - 1]
    if (before && mark.at - before.at >= GAP_MS)
      found.push({
        from: before.at,
        to: mark.at,
        mediaIds: [before, mark].flatMap(({ mediaId }) => (mediaId === null ? [] : [mediaId])),
      })
  }
  return found.map((gap) => ({ fault: 'gap', count: Math.floor((gap.to - gap.from) / DAY_MS), ...gap }))
}

function floods(dated: readonly Dated[]): HealthFinding[] {
  const days = [...groupedBy(dated, ({ takenAt }) => startOfDay(takenAt))].filter(
    ([, list]) => list.length > MANY_A_DAY,
  )
  if (days.length === 0) return []
  const starts = days.map(([day]) => day)
  return [
    {
      fault: 'manyPhotosADay',
      count: days.length,
      from: Math.min(...starts),
      to: Math.max(...starts) + DAY_MS,
      mediaIds: days.flatMap(([, list]) => list.slice(0, 2).map(({ mediaId }) => mediaId)).slice(0, SHOWN),
    },
  ]
}

function noNight(dated: readonly Dated[]): HealthFinding[] {
  const atNight = ({ takenAt }: Dated) => {
    const hour = (takenAt - startOfDay(takenAt)) / HOUR_MS
    return hour >= 21 || hour < 4
  }
  return dated.length >= ENOUGH_FOR_NIGHT && !dated.some(atNight) ? about('noNightPhotos', dated) : []
}

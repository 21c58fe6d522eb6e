// Independent events: records of one species at one station that are too close in time to count twice.
//
// Two definitions are in use and differ. `lastRecord` measures the gap from the record before, so an animal that stays
// is one event however long it stays (AddaxAI, CamTrapTools). `lastIndependentRecord` measures it from the record that
// opened the event, so a long stay is counted again every gap (camtrapR's and camtraptor's deltaTimeComparedTo).

import { groupedBy } from './grouped.ts'

export type Independence = 'lastRecord' | 'lastIndependentRecord'

/** One species in one photo. */
export type Sighting = {
  mediaId: number
  deploymentId: number | null
  /** Null: nobody knows where. Such a sighting shares an event only with those of its own deployment. */
  stationId: number | null
  taxonId: number
  /** Clock milliseconds (local-time.ts); null: undated, which makes it an event of its own. */
  takenAt: number | null
  /** Animals of that species in the photo. */
  individuals: number
  /** How many a person counted, where one did: replaces what boxes say. */
  counted: number | null
}

export type IndependentEvent = {
  stationId: number | null
  deploymentIds: number[]
  taxonId: number
  /** Clock milliseconds of its first and last record; null where it is undated. */
  start: number | null
  end: number | null
  /** MaxN: the most individuals in one of its photos, or the largest number that a person counted in any. */
  count: number
  mediaIds: number[]
}

export type EventRule = {
  /**
   * A record this long or longer after the one it is compared with opens a new event. Records of the same second never
   * do.
   */
  gapMs: number
  independence: Independence
}

export const DEFAULT_EVENT_RULE: EventRule = { gapMs: 30 * 60_000, independence: 'lastRecord' }

/**
 * Events in order of time, undated ones last. The order of the sightings does not matter. Sightings without a time, or
 * of which nobody knows the place, are an event per photo.
 */
export function independentEvents(
  sightings: readonly Sighting[],
  { gapMs, independence }: EventRule,
): IndependentEvent[] {
  const series = groupedBy(sightings, seriesOf)
  // A gap of nothing still joins what the camera's clock cannot tell apart.
  const gap = Math.max(gapMs, 1)
  const events = [...series.values()].flatMap((list) => splitByGap(list, gap, independence).map(eventOf))
  return events.sort((a, b) => timeOf(a.start) - timeOf(b.start) || a.mediaIds[0]! - b.mediaIds[0]!)
}

/** Sightings that may share an event: one species at one station, or in one deployment that has no station. */
function seriesOf({ mediaId, stationId, deploymentId, taxonId, takenAt }: Sighting): string {
  if (takenAt === null || (stationId === null && deploymentId === null)) return `photo ${mediaId} ${taxonId}`
  return stationId !== null ? `station ${stationId} ${taxonId}` : `deployment ${deploymentId} ${taxonId}`
}

function splitByGap(series: Sighting[], gap: number, independence: Independence): Sighting[][] {
  const ordered = series.sort((a, b) => timeOf(a.takenAt) - timeOf(b.takenAt) || a.mediaId - b.mediaId)
  const events: Sighting[][] = []
  let comparedWith = Number.NEGATIVE_INFINITY
  for (const sighting of ordered) {
    const at = sighting.takenAt ?? 0
    if (at - comparedWith >= gap) {
      events.push([sighting])
      comparedWith = at
    } else {
      events.at(-1)!.push(sighting)
      if (independence === 'lastRecord') comparedWith = at
    }
  }
  return events
}

function eventOf(sightings: Sighting[]): IndependentEvent {
  const [first] = sightings
  return {
    stationId: first!.stationId,
    deploymentIds: [...new Set(sightings.flatMap(({ deploymentId }) => (deploymentId === null ? [] : [deploymentId])))],
    taxonId: first!.taxonId,
    start: first!.takenAt,
    end: sightings.at(-1)!.takenAt,
    count: maxCount(sightings),
    mediaIds: [...new Set(sightings.map(({ mediaId }) => mediaId))],
  }
}

/** Several rows of one photo add up before photos are compared: two foxes in two boxes are two. */
function maxCount(sightings: readonly Sighting[]): number {
  const counted = sightings.flatMap(({ counted }) => (counted === null ? [] : [counted]))
  if (counted.length > 0) return Math.max(...counted)
  const perPhoto = new Map<number, number>()
  for (const { mediaId, individuals } of sightings) perPhoto.set(mediaId, (perPhoto.get(mediaId) ?? 0) + individuals)
  return Math.max(...perPhoto.values())
}

/** Undated sorts last; finite, so that two undated compare as equal. */
const timeOf = (clockMs: number | null): number => clockMs ?? Number.MAX_SAFE_INTEGER

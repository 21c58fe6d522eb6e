// Independent events: records of one species at one station that are too close in time to count twice.
//
// Two definitions are in use and differ. `lastRecord` measures the gap from the record before, so an animal that stays
// is one event however long it stays (AddaxAI, CamTrapTools). `lastIndependentRecord` measures it from the record that
// opened the event, so a long stay is counted again every gap (camtrapR's and camtraptor's deltaTimeComparedTo).

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
export function independentEvents(sightings: readonly Sighting[], rule: EventRule): IndependentEvent[] {
  const events: IndependentEvent[] = []
  visitEvents(sightings, rule, (series, from, to) => events.push(eventOf(series.slice(from, to))))
  return events.sort((a, b) => timeOf(a.start) - timeOf(b.start) || a.mediaIds[0]! - b.mediaIds[0]!)
}

/**
 * Calls `visit` with the records of each event, `series[from]` to before `series[to]` in order of time; events come in
 * no particular order. Makes no object per event: a season has hundreds of thousands.
 */
export function visitEvents(
  sightings: readonly Sighting[],
  { gapMs, independence }: EventRule,
  visit: (series: readonly Sighting[], from: number, to: number) => void,
): void {
  // A gap of nothing still joins what the camera's clock cannot tell apart.
  const gap = Math.max(gapMs, 1)
  for (const series of seriesOf(sightings)) {
    series.sort((a, b) => timeOf(a.takenAt) - timeOf(b.takenAt) || a.mediaId - b.mediaId)
    let [from, comparedWith] = [0, timeOf(series[0]!.takenAt)]
    for (let k = 1; k < series.length; k++) {
      const at = timeOf(series[k]!.takenAt)
      const isNew = at - comparedWith >= gap
      if (isNew) {
        visit(series, from, k)
        from = k
      }
      if (isNew || independence === 'lastRecord') comparedWith = at
    }
    visit(series, from, series.length)
  }
}

/**
 * Sightings that may share an event: one species at one station, or in one deployment that has no station; of what has
 * no time or no place, one species in one photo.
 */
function* seriesOf(sightings: readonly Sighting[]): Generator<Sighting[]> {
  const [stations, deployments, photos]: BySpecies[] = [new Map(), new Map(), new Map()]
  for (const one of sightings) {
    if (one.takenAt === null || (one.stationId === null && one.deploymentId === null)) put(photos!, one.mediaId, one)
    else if (one.stationId !== null) put(stations!, one.stationId, one)
    else put(deployments!, one.deploymentId!, one)
  }
  for (const places of [stations!, deployments!, photos!])
    for (const species of places.values()) yield* species.values()
}

/** By place, then by taxon: maps of numbers, because making a text of both for each row takes a season's time. */
type BySpecies = Map<number, Map<number, Sighting[]>>

function put(places: BySpecies, place: number, sighting: Sighting): void {
  let species = places.get(place)
  if (species === undefined) {
    species = new Map()
    places.set(place, species)
  }
  const series = species.get(sighting.taxonId)
  if (series) series.push(sighting)
  else species.set(sighting.taxonId, [sighting])
}

function eventOf(sightings: Sighting[]): IndependentEvent {
  const [first] = sightings
  return {
    stationId: first!.stationId,
    deploymentIds: [...new Set(sightings.flatMap(({ deploymentId }) => (deploymentId === null ? [] : [deploymentId])))],
    taxonId: first!.taxonId,
    start: first!.takenAt,
    end: sightings.at(-1)!.takenAt,
    count: countOf(sightings, 0, sightings.length),
    mediaIds: [...new Set(sightings.map(({ mediaId }) => mediaId))],
  }
}

/**
 * MaxN of an event's records, ordered so that those of one photo follow each other. They add up before photos are
 * compared: two foxes in two boxes are two.
 */
export function countOf(series: readonly Sighting[], from: number, to: number): number {
  let [counted, most, inPhoto, photo]: [number | null, number, number, number] = [null, 0, 0, Number.NaN]
  for (let k = from; k < to; k++) {
    const sighting = series[k]!
    if (sighting.counted !== null) counted = Math.max(counted ?? 0, sighting.counted)
    inPhoto = (sighting.mediaId === photo ? inPhoto : 0) + sighting.individuals
    photo = sighting.mediaId
    most = Math.max(most, inPhoto)
  }
  return counted ?? most
}

/** Undated sorts last; finite, so that two undated compare as equal. */
const timeOf = (clockMs: number | null): number => clockMs ?? Number.MAX_SAFE_INTEGER

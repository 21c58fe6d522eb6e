// Camtrap DP 1.0.2. A photo without a time, or of a deployment without a place, cannot be written: left-out.csv lists
// them.

import type { Rank } from '../../../../db/schema.ts'
import { clockToUtc, readClock } from '../../local-time.ts'
import { csvHeader, csvLines } from './csv-lines.ts'
import {
  type ExportSource,
  nameOf,
  type Omissions,
  rounded,
  textOf,
  type Writer,
  type WrittenBox,
  type WrittenDeployment,
  type WrittenFile,
  type WrittenPhoto,
} from './writer.ts'

const BASE = 'https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2'

const DEPLOYMENT =
  'deploymentID,locationID,locationName,latitude,longitude,coordinateUncertainty,deploymentStart,deploymentEnd,setupBy,cameraID,cameraModel,cameraDelay,cameraHeight,cameraDepth,cameraTilt,cameraHeading,detectionDistance,timestampIssues,baitUse,featureType,habitat,deploymentGroups,deploymentTags,deploymentComments'.split(
    ',',
  )
const MEDIA =
  'mediaID,deploymentID,captureMethod,timestamp,filePath,filePublic,fileName,fileMediatype,exifData,favorite,mediaComments'.split(
    ',',
  )
const OBSERVATION =
  'observationID,deploymentID,mediaID,eventID,eventStart,eventEnd,observationLevel,observationType,cameraSetupType,scientificName,count,lifeStage,sex,behavior,individualID,individualPositionRadius,individualPositionAngle,individualSpeed,bboxX,bboxY,bboxWidth,bboxHeight,classificationMethod,classifiedBy,classificationTimestamp,classificationProbability,observationTags,observationComments'.split(
    ',',
  )

export const camtrapDpWriter: Writer = { name: 'camtrap-dp', title: 'Camtrap DP 1.0.2', kind: 'zip', files: write }

type Place = { id: string; latitude: number; longitude: number; start: string; end: string; row: WrittenDeployment }
type Written = {
  source: ExportSource
  places: Map<string, Place>
  taxa: Map<
    string,
    { scientificName: string; taxonRank: Rank | undefined; vernacularNames: { eng: string } | undefined }
  >
  omitted: Omissions
  days: { first: string | null; last: string | null }
}

async function* write(source: ExportSource): AsyncGenerator<WrittenFile> {
  const written: Written = {
    source,
    places: new Map(),
    taxa: new Map(),
    omitted: [],
    days: { first: null, last: null },
  }
  await findPlaces(written)
  yield {
    path: 'deployments.csv',
    content: textOf(
      csvHeader(DEPLOYMENT),
      csvLines(
        DEPLOYMENT,
        [...written.places.values()].map((place) => deploymentRow(place, source)),
      ),
    ),
  }
  yield { path: 'media.csv', content: mediaTable(written) }
  yield { path: 'observations.csv', content: observationTable(written) }
  if (source.photoBytes !== null)
    for await (const photo of source.photos())
      if (placeOf(photo, written) !== null) yield { path: fileOf(photo), content: source.photoBytes(photo.sha256) }
  yield {
    path: 'left-out.csv',
    content: textOf(csvHeader(['what', 'why']), csvLines(['what', 'why'], written.omitted)),
  }
  yield { path: 'datapackage.json', content: textOf(`${JSON.stringify(packageOf(written), null, 2)}\n`) }
}

/** Deployments with a place: their own, else where their photos say they were taken. Those with neither are listed. */
async function findPlaces({ source, places, omitted }: Written): Promise<void> {
  const said = new Map<string, { latitude: number; longitude: number }>()
  const used = new Set<string>()
  for await (const { deployment, latitude, longitude } of source.photos()) {
    if (deployment === null) continue
    used.add(deployment)
    if (latitude !== null && longitude !== null && !said.has(deployment)) said.set(deployment, { latitude, longitude })
  }
  for (const row of source.deployments.filter(({ name }) => used.has(name))) {
    const place =
      row.latitude !== null && row.longitude !== null
        ? { latitude: row.latitude, longitude: row.longitude }
        : said.get(row.name)
    const first = earliest(row.startAt, row.first)
    const last = latest(row.endAt, row.last)
    if (place === undefined)
      omitted.push({
        what: `deployment ${row.name}`,
        why: 'It has no coordinates. Add them on the page of deployments.',
      })
    else if (first === null || last === null)
      omitted.push({ what: `deployment ${row.name}`, why: 'Neither it nor its photos have a time.' })
    else places.set(row.name, { id: row.name, ...place, start: first, end: last, row })
  }
}

const earliest = (a: string | null, b: string | null) => [a, b].filter((one) => one !== null).sort()[0] ?? null
const latest = (a: string | null, b: string | null) =>
  [a, b]
    .filter((one) => one !== null)
    .sort()
    .at(-1) ?? null

function placeOf(photo: WrittenPhoto, { places }: Pick<Written, 'places'>): Place | null {
  return photo.capturedAt === null || photo.deployment === null ? null : (places.get(photo.deployment) ?? null)
}

/** A zone is obligatory: the installation's, else UTC. */
function withZone(clock: string, timeZone: string | null): string {
  const reading = clock.replace(' ', 'T').slice(0, 19)
  if (timeZone === null) return `${reading}Z`
  const minutes = Math.round((readClock(reading) - clockToUtc(readClock(reading), timeZone)) / 60_000)
  if (minutes === 0) return `${reading}Z`
  const two = (value: number) => String(value).padStart(2, '0')
  return `${reading}${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`
}

function deploymentRow({ id, latitude, longitude, start, end, row }: Place, { timeZone }: ExportSource) {
  return {
    deploymentID: id,
    locationName: row.station ?? row.name,
    latitude: rounded(latitude, 6),
    longitude: rounded(longitude, 6),
    deploymentStart: withZone(start, timeZone),
    deploymentEnd: withZone(end, timeZone),
    cameraID: row.camera,
    deploymentTags: row.tags.filter((tag) => !tag.includes('|')).join(' | '),
    deploymentComments: row.notes,
  }
}

const fileOf = ({ sha256, path }: WrittenPhoto): string =>
  `media/${sha256}${/\.[A-Za-z0-9]{2,5}$/.exec(path)?.[0] ?? '.jpg'}`

async function* mediaTable(written: Written): AsyncGenerator<string> {
  yield csvHeader(MEDIA)
  const { source, omitted, days } = written
  for await (const photo of source.photos()) {
    const place = placeOf(photo, written)
    if (place === null || photo.capturedAt === null) {
      const why =
        photo.capturedAt === null
          ? 'It has no time.'
          : photo.deployment === null
            ? 'It belongs to no deployment.'
            : 'Its deployment has no place or time.'
      omitted.push({ what: photo.path, why })
      continue
    }
    days.first = earliest(days.first, photo.capturedAt.slice(0, 10))
    days.last = latest(days.last, photo.capturedAt.slice(0, 10))
    yield csvLines(MEDIA, [
      {
        mediaID: photo.id,
        deploymentID: place.id,
        captureMethod: 'activityDetection',
        timestamp: withZone(photo.capturedAt, source.timeZone),
        filePath: fileOf(photo),
        filePublic: false,
        fileName: photo.path,
        fileMediatype: photo.mimeType,
        favorite: photo.favourite ? true : null,
      },
    ])
  }
}

async function* observationTable(written: Written): AsyncGenerator<string> {
  yield csvHeader(OBSERVATION)
  for await (const photo of written.source.photos()) {
    const place = placeOf(photo, written)
    if (place === null || photo.capturedAt === null) continue
    const at = withZone(photo.capturedAt, written.source.timeZone)
    const shared = {
      deploymentID: place.id,
      mediaID: photo.id,
      eventID: photo.sequence,
      eventStart: at,
      eventEnd: at,
      observationLevel: 'media',
    }
    const rows = photo.isEmpty
      ? [{ observationID: `${photo.id}-blank`, observationType: 'blank', classificationMethod: 'human' }]
      : photo.boxes.flatMap((box) => rowsOf(box, written))
    yield csvLines(
      OBSERVATION,
      rows.map((row) => ({ ...shared, ...row })),
    )
  }
}

/** A row for each person's statement; one by the machine where nobody has said anything. */
function rowsOf(box: WrittenBox, { taxa }: Written) {
  const [x, y, width, height] = box.bbox.map((value) => rounded(value, 6))
  const place = box.isWhole ? {} : { bboxX: x, bboxY: y, bboxWidth: width, bboxHeight: height }
  const type = box.kind === 'person' ? 'human' : box.kind
  if (box.kind !== 'animal' || box.statements.length === 0) {
    const isNothing = box.kind === 'animal' && box.isWhole
    const machine = {
      classificationMethod: 'machine',
      classifiedBy: box.detector,
      classificationProbability: box.confidence === null ? null : rounded(box.confidence),
    }
    return [
      {
        observationID: box.id,
        observationType: isNothing ? 'unclassified' : type,
        ...place,
        ...(!isNothing && { count: 1, ...machine }),
      },
    ]
  }
  return box.statements.map((said) => {
    const name = nameOf(said)
    const common = said.taxon.commonName
    taxa.set(name, {
      scientificName: name,
      taxonRank: said.taxon.rank,
      vernacularNames: common === undefined ? undefined : { eng: common },
    })
    return {
      observationID: `${box.id}-${said.id}`,
      observationType: 'animal',
      scientificName: name,
      count: 1,
      ...place,
      classificationMethod: said.verified ? 'human' : 'machine',
      classifiedBy: said.by,
      classificationTimestamp: said.at?.replace(/\.\d+/, ''),
      classificationProbability: said.verified || said.score === null ? null : rounded(said.score),
    }
  })
}

function packageOf({ source, places, taxa, days }: Written) {
  const lat = [...places.values()].map((place) => place.latitude)
  const lon = [...places.values()].map((place) => place.longitude)
  const [west, south, east, north] =
    lat.length === 0 ? [0, 0, 0, 0] : [Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)]
  const today = source.createdAt.toISOString().slice(0, 10)
  const resource = (name: string) => ({
    name,
    path: `${name}.csv`,
    profile: 'tabular-data-resource',
    format: 'csv',
    mediatype: 'text/csv',
    encoding: 'utf-8',
    schema: `${BASE}/${name}-table-schema.json`,
  })
  return {
    resources: ['deployments', 'media', 'observations'].map(resource),
    profile: `${BASE}/camtrap-dp-profile.json`,
    name: 'clavis-export',
    created: source.createdAt.toISOString().replace(/\.\d+/, ''),
    title: 'Camera trap photos and identifications from Clavis',
    contributors: [{ title: 'Clavis', role: 'contributor' }],
    project: {
      title: 'Clavis',
      samplingDesign: 'opportunistic',
      captureMethod: ['activityDetection'],
      individualAnimals: false,
      observationLevel: ['media'],
    },
    spatial: {
      type: 'Polygon',
      coordinates: [
        [
          [west, south],
          [east, south],
          [east, north],
          [west, north],
          [west, south],
        ],
      ],
    },
    temporal: { start: days.first ?? today, end: days.last ?? today },
    taxonomic: [...taxa.values()],
  }
}

// observations.csv: a row for each statement about each animal of a photo, then a row for each event.

import { writeClock } from '../../../local-time.ts'
import { csvHeader, csvLines } from '../csv-lines.ts'
import { nameOf, rounded, type WrittenBox, type WrittenPhoto, type WrittenStatement } from '../writer.ts'
import type { Seen } from './events.ts'
import type { Written } from './package.ts'
import { placeOf, withZone } from './places.ts'

const OBSERVATION =
  'observationID,deploymentID,mediaID,eventID,eventStart,eventEnd,observationLevel,observationType,cameraSetupType,scientificName,count,lifeStage,sex,behavior,individualID,individualPositionRadius,individualPositionAngle,individualSpeed,bboxX,bboxY,bboxWidth,bboxHeight,classificationMethod,classifiedBy,classificationTimestamp,classificationProbability,observationTags,observationComments'.split(
    ',',
  )
type Row = Parameters<typeof csvLines>[1][number]

export async function* observationTable(written: Written): AsyncGenerator<string> {
  yield csvHeader(OBSERVATION)
  const { source, places } = written
  for await (const photo of source.photos()) {
    const place = placeOf(photo, places)
    if (place === null || photo.capturedAt === null) continue
    const at = withZone(photo.capturedAt, source.timeZone)
    const shared = {
      deploymentID: place.id,
      mediaID: photo.id,
      eventStart: at,
      eventEnd: at,
      observationLevel: 'media',
    }
    const rows = rowsOfPhoto(photo, written)
    yield csvLines(
      OBSERVATION,
      rows.map((row) => ({ ...shared, ...row })),
    )
  }
  for (const { id, deployment, start, end, taxon, count, seen } of written.events.all) {
    if (start === null || end === null) continue
    yield csvLines(OBSERVATION, [
      {
        observationID: id,
        deploymentID: deployment,
        eventID: id,
        eventStart: withZone(writeClock(start), source.timeZone),
        eventEnd: withZone(writeClock(end), source.timeZone),
        observationLevel: 'event',
        observationType: 'animal',
        scientificName: taxon.scientificName ?? taxon.label,
        count,
        ...onlyOnes(seen),
        classificationMethod: 'human',
        classifiedBy: [...seen.by].sort().join(' | '),
      },
    ])
  }
}

const only = (values: Set<string | null>) => (values.size === 1 ? [...values][0] : null)
const onlyOnes = ({ lifeStage, sex, behaviour, individual }: Seen): Row => ({
  lifeStage: only(lifeStage),
  sex: only(sex),
  behavior: only(behaviour),
  individualID: only(individual),
})

function rowsOfPhoto(photo: WrittenPhoto, written: Written): Row[] {
  if (photo.isEmpty)
    return [
      {
        observationID: `${photo.id}-blank`,
        observationType: 'blank',
        classificationMethod: 'human',
        observationTags: tagsOf(photo),
      },
    ]
  return photo.boxes.flatMap((box) =>
    rowsOf(box, photo, written).map((row) => ({ ...placeIn(box), ...row, observationTags: tagsOf(photo, box, row) })),
  )
}

/** What has no column: the burst (empty: none), what made the box, and the project's own fields. */
function tagsOf({ sequence }: WrittenPhoto, box?: WrittenBox, row?: Row): string {
  const confidence = box?.confidence == null ? null : rounded(box.confidence)
  const own = row?.classificationMethod === 'human' ? (box?.own ?? []) : []
  return [...Object.entries({ sequence: sequence ?? '', detector: box?.detector, confidence }), ...own]
    .flatMap(([key, value]) => (value == null ? [] : `${key}:${String(value).replaceAll('|', ' ')}`))
    .join(' | ')
}

function placeIn({ isWhole, bbox }: WrittenBox): Row {
  if (isWhole) return {}
  const [bboxX, bboxY, bboxWidth, bboxHeight] = bbox.map((value) => rounded(value, 6))
  return { bboxX, bboxY, bboxWidth, bboxHeight }
}

/** A row for each statement, of people and of machines; where there is none, the detector's. */
function rowsOf(box: WrittenBox, photo: WrittenPhoto, written: Written): Row[] {
  if (box.mark === 'unknown')
    return [{ observationID: box.id, observationType: 'unknown', count: 1, classificationMethod: 'human' }]
  const statements = box.kind === 'animal' ? [...box.statements, ...box.proposals] : []
  if (statements.length === 0) {
    if (box.kind === 'animal' && box.isWhole) return [{ observationID: box.id, observationType: 'unclassified' }]
    return [
      {
        observationID: box.id,
        observationType: box.kind === 'person' ? 'human' : box.kind,
        count: 1,
        ...observedOf(box),
        classificationMethod: 'machine',
        classifiedBy: box.detector,
        classificationProbability: box.confidence === null ? null : rounded(box.confidence),
      },
    ]
  }
  return statements.map((said) => rowOf(said, box, photo, written))
}

function rowOf(said: WrittenStatement, box: WrittenBox, photo: WrittenPhoto, written: Written): Row {
  const name = nameOf(said)
  const common = said.taxon.commonName
  written.taxa.set(name, {
    scientificName: name,
    taxonRank: said.taxon.rank,
    vernacularNames: common === undefined ? undefined : { eng: common },
  })
  if (box.observed?.individual) written.hasIndividuals = true
  return {
    observationID: `${box.id}-${said.id}`,
    observationType: 'animal',
    eventID: said.verified ? written.events.idOf(photo, said.taxon) : null,
    scientificName: name,
    count: 1,
    ...(said.verified && observedOf(box)),
    classificationMethod: said.verified ? 'human' : 'machine',
    classifiedBy: said.by,
    classificationTimestamp: said.at?.replace(/\.\d+/, ''),
    classificationProbability: said.verified || said.score === null ? null : rounded(said.score),
  }
}

/** Without a count there is one animal in a box. */
function observedOf({ observed }: WrittenBox): Row {
  if (observed === null) return {}
  const { count, lifeStage, sex, behaviour, individual } = observed
  return { count: count ?? 1, lifeStage, sex, behavior: behaviour, individualID: individual }
}

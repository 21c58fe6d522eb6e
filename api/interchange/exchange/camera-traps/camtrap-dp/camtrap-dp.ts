// Camtrap DP 1.0 to 1.0.2, the exchange format of the camera trap community: https://camtrap-dp.tdwg.org. Its tables
// are joined on the disk, because they may be of any size.

import { isVideo, leftOut, VIDEO_LEFT_OUT } from '../../left-out.ts'
import type { FileSet, Reader } from '../../reader.ts'
import { type ExchangeRecord, type PhotoRecord, photoRecord } from '../../records.ts'
import { type Gathering, openGathering } from '../../spool/gathering.ts'
import { recordsOfTable } from '../../table-records.ts'
import { cell, decimal, type Row } from '../../table-rows.ts'
import { type Events, openEvents } from './events.ts'
import { describePackage, type Package } from './package.ts'
import { addSighting, eventOf, type Sighting, sightingOf } from './sightings.ts'

export const camtrapDp: Reader = {
  name: 'camtrap-dp',
  title: 'Camtrap DP',
  recognises: (head, path) => /(^|\/)datapackage\.json$/i.test(path) && /camtrap-dp/.test(head),
  async *read(files, recognised, { scratch }) {
    for (const path of recognised) {
      const described = await describePackage(files, path)
      const media = openGathering<Part>(scratch)
      const events = openEvents(scratch)
      try {
        yield { type: 'about', version: described.version, detector: null, threshold: null }
        yield* readTables(files, described, media, events)
        yield* joined(media, events)
        yield* events.photos()
      } finally {
        media.close()
        events.close()
      }
    }
  },
}

/** By mediaID. */
type Part = { photo: PhotoRecord } | { sighting: Sighting }

async function* readTables(
  files: FileSet,
  { tables, taxa }: Package,
  media: Gathering<Part>,
  events: Events,
): AsyncGenerator<ExchangeRecord> {
  const each = async function* (name: keyof Package['tables'], read: (row: Row) => ExchangeRecord | null) {
    for (const table of tables[name]) yield* recordsOfTable(files, table, read)
  }
  yield* each('deployments', deploymentOf)
  yield* each('media', (row) => {
    const photo = photoOf(row)
    if (photo.type !== 'photo') return photo
    media.add(cell(row, 'mediaID'), { photo })
    return null
  })
  yield* each('observations', (row) => {
    if (cell(row, 'observationLevel') !== 'event' && cell(row, 'mediaID') !== '') {
      media.add(cell(row, 'mediaID'), { sighting: sightingOf(row, taxa) })
      return null
    }
    const event = eventOf(row, taxa)
    events.addEvent(event)
    return event
  })
}

/** Photos with the observations of them. Those that an event may concern go to `events`. */
function* joined(media: Gathering<Part>, events: Events): Generator<ExchangeRecord> {
  for (const { key, rows } of media.groups()) {
    const photo = rows.findLast((part) => 'photo' in part)?.photo
    for (const part of rows) {
      if ('photo' in part) {
        if (part.photo !== photo) yield leftOut(part.photo.path, `Another photo has its mediaID ${key}, too.`)
        continue
      }
      const { sighting } = part
      if (photo === undefined) yield leftOut(`observation ${sighting.id}`, `There is no media ${key}.`)
      else addSighting(photo, sighting)
      if (sighting.said !== null) events.addTold(photo?.deployment ?? null, sighting.eventId, sighting.said)
    }
    if (photo !== undefined && !events.addPhoto(photo)) yield photo
  }
}

/** Named by its id, because two deployments stand at one place. */
const deploymentOf = (row: Row): ExchangeRecord => ({
  type: 'deployment',
  id: cell(row, 'deploymentID'),
  name: cell(row, 'deploymentID'),
  station: cell(row, 'locationName') || cell(row, 'locationID') || null,
  latitude: decimal(row, 'latitude'),
  longitude: decimal(row, 'longitude'),
  start: cell(row, 'deploymentStart') || null,
  end: cell(row, 'deploymentEnd') || null,
  camera: cell(row, 'cameraID') || cell(row, 'cameraModel') || null,
})

function photoOf(row: Row): ExchangeRecord {
  const path = cell(row, 'filePath')
  const id = cell(row, 'mediaID')
  if (path === '' || id === '') return leftOut(`media ${id}`, 'It names no file.')
  if (isVideo(path) || /^(video|audio)\//.test(cell(row, 'fileMediatype'))) return leftOut(path, VIDEO_LEFT_OUT)
  const deployment = cell(row, 'deploymentID') || null
  return photoRecord(path, { deployment, capturedAt: cell(row, 'timestamp') || null })
}

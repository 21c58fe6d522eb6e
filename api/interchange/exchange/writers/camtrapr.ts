// Tables for camtrapR: every record of a species at a station, and the stations. camtrapR filters for independence.

import { csvHeader, csvLines } from './csv-lines.ts'
import { type ExportSource, leadingOf, nameOf, textOf, type WrittenFile, zipOf } from './writer.ts'

const RECORD = [
  'Station',
  'Species',
  'DateTimeOriginal',
  'Date',
  'Time',
  'Directory',
  'FileName',
  'n_images',
  'metadata_identified',
] as const
const STATION = ['Station', 'longitude', 'latitude', 'Setup_date', 'Retrieval_date', 'Camera'] as const

export const camtraprWriter = zipOf('camtrapr', 'camtrapR tables', write)

async function* write(source: ExportSource): AsyncGenerator<WrittenFile> {
  yield { path: 'recordTable.csv', content: records(source) }
  const stations = source.deployments.map((row) => ({
    Station: row.name,
    longitude: row.longitude,
    latitude: row.latitude,
    Setup_date: (row.startAt ?? row.first)?.slice(0, 10),
    Retrieval_date: (row.endAt ?? row.last)?.slice(0, 10),
    Camera: row.camera,
  }))
  yield { path: 'stationTable.csv', content: textOf(csvHeader(STATION), csvLines(STATION, stations)) }
  yield { path: 'read.R', content: textOf(READ) }
}

const READ = `# library(camtrapR)
records <- read.csv("recordTable.csv"); stations <- read.csv("stationTable.csv")
operation <- cameraOperation(stations, stationCol = "Station", setupCol = "Setup_date", retrievalCol = "Retrieval_date", dateFormat = "%Y-%m-%d")
# detectionHistory(records, species = "...", camOp = operation, stationCol = "Station", occasionLength = 7, day1 = "station", includeEffort = TRUE)
`

/** Several animals of a species in a photo are one record. */
async function* records(source: ExportSource): AsyncGenerator<string> {
  yield csvHeader(RECORD)
  for await (const photo of source.photos()) {
    if (photo.capturedAt === null || photo.deployment === null || photo.isEmpty) continue
    const species = new Map<string, boolean>()
    for (const box of photo.boxes) {
      const said = leadingOf(box)
      if (box.kind === 'animal' && said !== undefined)
        species.set(nameOf(said), said.verified || species.get(nameOf(said)) === true)
    }
    const at = photo.path.lastIndexOf('/')
    yield csvLines(
      RECORD,
      [...species].map(([name, verified]) => ({
        Station: photo.deployment,
        Species: name,
        DateTimeOriginal: photo.capturedAt?.replace('T', ' '),
        Date: photo.capturedAt?.slice(0, 10),
        Time: photo.capturedAt?.slice(11),
        Directory: at < 0 ? '' : photo.path.slice(0, at),
        FileName: photo.path.slice(at + 1),
        n_images: 1,
        metadata_identified: verified ? 'person' : 'machine',
      })),
    )
  }
}

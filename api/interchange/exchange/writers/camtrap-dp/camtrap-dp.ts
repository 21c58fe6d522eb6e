// Camtrap DP 1.0.2, with observations of photos and of events. A photo without a time, or of a deployment without a
// place, cannot be written: left-out.csv lists them.

import { csvHeader, csvLines } from '../csv-lines.ts'
import { type ExportSource, rounded, textOf, type WrittenFile, zipOf } from '../writer.ts'
import { openEvents } from './events.ts'
import { observationTable } from './observations.ts'
import { packageOf, type Written } from './package.ts'
import { earliest, findPlaces, latest, openFileNames, type Place, placeOf, withZone } from './places.ts'

const DEPLOYMENT =
  'deploymentID,locationID,locationName,latitude,longitude,coordinateUncertainty,deploymentStart,deploymentEnd,setupBy,cameraID,cameraModel,cameraDelay,cameraHeight,cameraDepth,cameraTilt,cameraHeading,detectionDistance,timestampIssues,baitUse,featureType,habitat,deploymentGroups,deploymentTags,deploymentComments'.split(
    ',',
  )
const MEDIA =
  'mediaID,deploymentID,captureMethod,timestamp,filePath,filePublic,fileName,fileMediatype,exifData,favorite,mediaComments'.split(
    ',',
  )

export const camtrapDpWriter = zipOf('camtrap-dp', 'Camtrap DP 1.0.2', write, {
  needsPlaces: true,
  holdsOwnFields: true,
})

async function* write(source: ExportSource): AsyncGenerator<WrittenFile> {
  const places = await findPlaces(source)
  const written: Written = {
    source,
    places,
    taxa: new Map(),
    events: await openEvents(source, places),
    fileOf: await openFileNames(source),
    hasIndividuals: false,
    days: { first: null, last: null },
  }
  yield {
    path: 'deployments.csv',
    content: textOf(
      csvHeader(DEPLOYMENT),
      csvLines(
        DEPLOYMENT,
        [...places.values()].map((place) => deploymentRow(place, source)),
      ),
    ),
  }
  yield { path: 'media.csv', content: mediaTable(written) }
  yield { path: 'observations.csv', content: observationTable(written) }
  if (source.photoBytes !== null)
    for await (const photo of source.photos())
      if (placeOf(photo, places) !== null) yield { path: written.fileOf(photo), content: source.photoBytes(photo) }
  yield { path: 'datapackage.json', content: textOf(`${JSON.stringify(packageOf(written), null, 2)}\n`) }
}

function deploymentRow({ id, latitude, longitude, start, end, row }: Place, { timeZone }: ExportSource) {
  const problems = row.problems.map(({ from, to, what }) => `Did not work from ${from} to ${to}${what && `: ${what}`}.`)
  return {
    deploymentID: id,
    locationName: row.station ?? row.name,
    latitude: rounded(latitude, 6),
    longitude: rounded(longitude, 6),
    // The diagonal of a cell of the grid, in metres at the equator.
    coordinateUncertainty: row.grid === null ? null : Math.ceil(row.grid * 111_320 * Math.SQRT1_2),
    deploymentStart: withZone(start, timeZone),
    deploymentEnd: withZone(end, timeZone),
    cameraID: row.camera,
    deploymentTags: row.tags.filter((tag) => !tag.includes('|')).join(' | '),
    deploymentComments: [row.notes, ...problems].filter(Boolean).join(' '),
  }
}

async function* mediaTable({ source, places, fileOf, days }: Written): AsyncGenerator<string> {
  yield csvHeader(MEDIA)
  for await (const photo of source.photos()) {
    const place = placeOf(photo, places)
    if (place === null || photo.capturedAt === null) {
      const why =
        photo.capturedAt === null
          ? 'It has no time.'
          : photo.deployment === null
            ? 'It belongs to no deployment.'
            : 'Its deployment has no place or time.'
      source.omitted.push({ what: photo.path, why })
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
        mediaComments: photo.notes,
      },
    ])
  }
}

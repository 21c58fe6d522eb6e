// A Darwin Core Archive of occurrences with their photos, as GBIF takes it: animals only, one occurrence for each.

import { archiveMeta, DWC } from '../../archive-meta.ts'
import { csvHeader, csvLines } from './csv-lines.ts'
import { type ExportSource, leadingOf, nameOf, textOf, type WrittenFile, zipOf } from './writer.ts'

const HIGHER_RANKS = ['kingdom', 'phylum', 'class', 'order', 'family', 'genus'] as const
const OCCURRENCE = [
  'occurrenceID',
  'basisOfRecord',
  'scientificName',
  'taxonRank',
  'vernacularName',
  ...HIGHER_RANKS,
  'eventDate',
  'eventID',
  'locationID',
  'decimalLatitude',
  'decimalLongitude',
  'geodeticDatum',
  'coordinatePrecision',
  'individualCount',
  'sex',
  'lifeStage',
  'behavior',
  'organismID',
  'samplingProtocol',
  'identifiedBy',
  'dateIdentified',
  'identificationVerificationStatus',
  'identificationRemarks',
  'occurrenceStatus',
] as const
const MEDIA = ['occurrenceID', 'identifier', 'type', 'format', 'CreateDate', 'accessURI', 'serviceExpectation'] as const

const MEDIA_TERMS: Record<(typeof MEDIA)[number], string> = {
  occurrenceID: `${DWC}occurrenceID`,
  identifier: 'http://purl.org/dc/terms/identifier',
  type: 'http://purl.org/dc/elements/1.1/type',
  format: 'http://purl.org/dc/elements/1.1/format',
  CreateDate: 'http://ns.adobe.com/xap/1.0/CreateDate',
  accessURI: 'http://rs.tdwg.org/ac/terms/accessURI',
  serviceExpectation: 'http://rs.tdwg.org/ac/terms/serviceExpectation',
}

export const darwinCoreWriter = zipOf('dwca', 'Darwin Core Archive', write)

async function* write(source: ExportSource): AsyncGenerator<WrittenFile> {
  yield { path: 'meta.xml', content: textOf(META) }
  yield { path: 'occurrence.csv', content: occurrences(source) }
  yield { path: 'multimedia.csv', content: multimedia(source) }
}

async function* occurrences(source: ExportSource): AsyncGenerator<string> {
  yield csvHeader(OCCURRENCE)
  const deployments = new Map(source.deployments.map((row) => [row.name, row]))
  for await (const photo of source.photos()) {
    const deployment = deployments.get(photo.deployment ?? '')
    const place = photo.latitude === null && deployment !== undefined ? deployment : photo
    for (const box of photo.boxes) {
      const said = leadingOf(box)
      if (box.kind !== 'animal' || said === undefined || photo.isEmpty) continue
      const { taxon, verified, score } = said
      yield csvLines(OCCURRENCE, [
        {
          occurrenceID: box.id,
          basisOfRecord: 'MachineObservation',
          scientificName: nameOf(said),
          taxonRank: taxon.rank,
          vernacularName: taxon.commonName,
          kingdom: taxon.kingdom,
          phylum: taxon.phylum,
          class: taxon.class,
          order: taxon.order,
          family: taxon.family,
          genus: taxon.genus,
          eventDate: photo.capturedAt,
          eventID: photo.sequence,
          locationID: photo.deployment,
          decimalLatitude: place.latitude,
          decimalLongitude: place.longitude,
          geodeticDatum: place.latitude === null ? null : 'EPSG:4326',
          coordinatePrecision: deployment?.grid,
          individualCount: box.observed?.count ?? 1,
          sex: box.observed?.sex,
          lifeStage: box.observed?.lifeStage,
          behavior: box.observed?.behaviour,
          organismID: box.observed?.individual,
          samplingProtocol: 'camera trap',
          identifiedBy: said.by,
          dateIdentified: said.at,
          identificationVerificationStatus: verified ? 'verified' : 'unverified',
          identificationRemarks: verified
            ? 'classified by a human'
            : `classified by a machine with ${Math.round((score ?? 0) * 100)}% certainty`,
          occurrenceStatus: 'present',
        },
      ])
    }
  }
}

async function* multimedia(source: ExportSource): AsyncGenerator<string> {
  yield csvHeader(MEDIA)
  for await (const photo of source.photos())
    for (const box of photo.boxes)
      if (box.kind === 'animal' && leadingOf(box) !== undefined && !photo.isEmpty)
        yield csvLines(MEDIA, [
          {
            occurrenceID: box.id,
            identifier: photo.sha256,
            type: 'StillImage',
            format: photo.mimeType,
            CreateDate: photo.capturedAt,
            accessURI: photo.path,
            serviceExpectation: 'local',
          },
        ])
}

const META = archiveMeta(
  ',',
  { file: 'occurrence.csv', rowType: `${DWC}Occurrence`, terms: OCCURRENCE.map((term) => DWC + term) },
  {
    file: 'multimedia.csv',
    rowType: 'http://rs.tdwg.org/ac/terms/Multimedia',
    terms: MEDIA.map((term) => MEDIA_TERMS[term]),
  },
)

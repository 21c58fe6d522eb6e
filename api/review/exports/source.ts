// What an export writes from: the photos that a filter finds, with their boxes and statements, a page at a time.

import { getOwnFields, type OwnFields } from '../../../db/own-fields.ts'
import { countDeploymentPhotos, getDeployments, readDeployments } from '../../../db/photos/deployments.ts'
import { type Detection, detectionsOfMedia } from '../../../db/photos/detections.ts'
import { type Media, mediaAfter } from '../../../db/photos/media.ts'
import { hasOwnValues } from '../../../db/photos/observations.ts'
import { RANKS, type Rank } from '../../../db/schema.ts'
import { getTimeZone } from '../../../db/settings.ts'
import { type Identification, identificationsOf } from '../../../db/statements/identifications.ts'
import { externalIdsOf } from '../../../db/taxonomy/taxa.ts'
import { withoutPlace } from '../../../indexer/photos/without-place.ts'
import type { Taxon } from '../../contract/taxon.ts'
import type { TaxonWords } from '../../interchange/exchange/records.ts'
import type {
  ExportSource,
  Omissions,
  Writer,
  WrittenBox,
  WrittenPhoto,
  WrittenStatement,
} from '../../interchange/exchange/writers/writer.ts'
import { groupedBy } from '../../interchange/grouped.ts'
import { namedOwn } from '../../present/own-fields.ts'
import { taxonLookup } from '../../present/taxa.ts'
import type { Service } from '../../service.ts'
import { type Chosen, choose, type Filter } from './chosen.ts'
import { openPlaces, type ToldPlaces } from './places.ts'

const PAGE_PHOTOS = 500

export async function openSource(
  service: Service,
  filter: Filter,
  choices: { photos: boolean; writer: Pick<Writer, 'needsPlaces' | 'holdsOwnFields'> },
): Promise<ExportSource> {
  const { db, models, learning } = service
  const chosen = await choose(service, filter)
  const [deployments, counted, timeZone, own] = await Promise.all([
    readDeployments(db),
    countDeploymentPhotos(db),
    getTimeZone(db),
    getOwnFields(db),
  ])
  const omitted: Omissions = []
  const places = await openPlaces(service, choices.writer.needsPlaces ?? false, omitted)
  if (
    !choices.writer.holdsOwnFields &&
    own.items.length > 0 &&
    (await hasOwnValues(db, chosen && [...chosen.detections]))
  )
    omitted.push({
      what: `own fields: ${own.items.map(({ name }) => name).join(', ')}`,
      why: 'The format has no place for them. The CSV table and Camtrap DP hold them.',
    })
  let readings = 0
  return {
    photos: () => {
      readings += 1
      return readPhotos(service, chosen, { places, own }, readings === 1 ? omitted : null)
    },
    deployments: deployments.map((row) => {
      const { first = null, last = null } = counted.get(row.id) ?? {}
      return { ...places.ofDeployment(row), first, last }
    }),
    detector: { name: models.detector.name, threshold: models.detector.manifest.thresholds.typical },
    treeVersion: learning.treeVersion(),
    omitted,
    timeZone,
    createdAt: new Date(),
    photoBytes: choices.photos ? (photo) => bytesOf(service, photo, omitted) : null,
  }
}

/** As it was imported, but where its own file would tell a secret place. Null where it cannot be written without. */
async function bytesOf(
  { photos }: Pick<Service, 'photos'>,
  { sha256, path, hasSecret }: WrittenPhoto,
  omitted: Omissions,
): Promise<Uint8Array | null> {
  const bytes = await photos.get(sha256)
  if (!hasSecret) return bytes
  const plain = await withoutPlace(bytes)
  const why =
    plain === null
      ? 'Its file tells a place that is secret, and cannot be written without it.'
      : 'Its file was written again without its facts, because they tell a place that is secret.'
  omitted.push({ what: path, why })
  return plain
}

/** How places may be told, and what own fields are called. */
type Telling = { places: ToldPlaces; own: OwnFields }

/** Some formats read the photos twice: what stays out of them is listed once, so `omitted` is null the second time. */
async function* readPhotos(
  service: Service,
  chosen: Chosen | null,
  told: Telling,
  omitted: Omissions | null,
): AsyncGenerator<WrittenPhoto> {
  const ids = chosen && [...chosen.media].sort((a, b) => a - b)
  for (let after = 0, start = 0; ; start += PAGE_PHOTOS) {
    const wanted = ids?.slice(start, start + PAGE_PHOTOS)
    if (wanted?.length === 0) return
    const rows = await mediaAfter(service.db, wanted === undefined ? { after, limit: PAGE_PHOTOS } : { ids: wanted })
    for (const photo of await writtenOf(service, rows, chosen, told)) yield withoutRefuted(photo, omitted)
    const last = rows.at(-1)
    if (wanted === undefined && (last === undefined || rows.length < PAGE_PHOTOS)) return
    if (last !== undefined) after = last.id
  }
}

/**
 * Without the boxes in which a person saw no animal: no format has a word for them, and a box without one reads
 * "animal".
 */
function withoutRefuted(photo: WrittenPhoto, omitted: Omissions | null): WrittenPhoto {
  const boxes = photo.boxes.filter(
    ({ mark, kind }) => mark !== 'notAnimal' && !(photo.isEmpty && kind === 'animal' && mark === null),
  )
  const left = photo.boxes.length - boxes.length
  if (left > 0) omitted?.push({ what: photo.path, why: `${left} of its boxes: a person said that there is no animal.` })
  return left > 0 ? { ...photo, boxes } : photo
}

async function writtenOf(
  service: Service,
  rows: Media[],
  chosen: Chosen | null,
  told: Telling,
): Promise<WrittenPhoto[]> {
  const { db } = service
  const found = await detectionsOfMedia(
    db,
    rows.map(({ id }) => id),
  )
  const detections = found.filter(({ id }) => chosen === null || chosen.detections.has(id))
  const [said, places] = await Promise.all([
    identificationsOf(
      db,
      detections.map(({ id }) => id),
    ),
    getDeployments(
      db,
      rows.flatMap(({ deploymentId }) => deploymentId ?? []),
    ),
  ])
  const standing = groupedBy(
    said.filter((one) => one.withdrawnAt === null),
    ({ detectionId }) => detectionId,
  )
  const named = [
    ...said.map(({ taxonId }) => taxonId),
    ...detections.flatMap(({ suggestion, taughtTaxonId }) => [suggestion?.stopTaxonId ?? null, taughtTaxonId]),
  ].filter((id) => id !== null)
  const [taxa, externalIds] = await Promise.all([taxonLookup(service, named), externalIdsOf(db, named)])
  const boxesOf = new Map<number, WrittenBox[]>()
  for (const detection of detections) {
    const written = (one: Identification): WrittenStatement[] => {
      const taxon = taxa.find(one.taxonId)
      return taxon === null ? [] : [statementOf(one, taxon, externalIds.get(one.taxonId) ?? [])]
    }
    const own = standing.get(detection.id) ?? []
    const people = latestOfEach(own.filter(({ proposal }) => !proposal)).flatMap(written)
    const statements = people.length > 0 ? people : guessOf(detection, taxa.find, externalIds)
    const isSaid = (one: WrittenStatement) =>
      statements.some(({ by, taxon }) => by === one.by && taxon.scientificName === one.taxon.scientificName)
    const proposals = own.filter(({ proposal }) => proposal).flatMap((one) => written(one).filter((it) => !isSaid(it)))
    const box = boxOf(detection, {
      statements,
      proposals,
      taught: taxa.find(detection.taughtTaxonId),
      own: namedOwn(told.own, detection.observation?.own),
    })
    boxesOf.set(detection.mediaId, [...(boxesOf.get(detection.mediaId) ?? []), box])
  }
  return rows.flatMap((row) => {
    const place = told.places.ofPhoto(row)
    if (place === null) return []
    const deployment = row.deploymentId === null ? null : (places.get(row.deploymentId)?.name ?? null)
    const hasSecret = row.latitude !== null && told.places.isSecret(row)
    return [{ ...photoOf(row, deployment, boxesOf.get(row.id) ?? []), ...place, hasSecret }]
  })
}

/** Each person's latest; people before imports. */
function latestOfEach(identifications: Identification[]): Identification[] {
  const latest = new Map(identifications.map((one) => [one.person, one]))
  const isImport = ({ person }: Identification) => Number(person.startsWith('import:'))
  return [...latest.values()].sort((a, b) => isImport(a) - isImport(b) || b.id - a.id)
}

const statementOf = (one: Identification, taxon: Taxon, externalIds: string[]): WrittenStatement => ({
  id: String(one.id),
  taxon: wordsOf(taxon),
  verified: !one.proposal,
  // Whom an import named is that person again.
  by: (one.proposal ? one.basis.model : undefined) ?? one.person.replace(/^import:(?:.*?: )?/, ''),
  score: one.proposal ? (one.basis.score ?? null) : null,
  at: one.createdAt.toISOString(),
  speciesnetId: speciesnetIdOf(externalIds),
})

const speciesnetIdOf = (externalIds: string[]): string | null =>
  externalIds.find((id) => id.startsWith('speciesnet:'))?.slice('speciesnet:'.length) ?? null

function guessOf(
  { suggestion, id, kind, mark, setAside }: Detection,
  find: (id: number | null) => Taxon | null,
  externalIds: Map<number, string[]>,
): WrittenStatement[] {
  if (suggestion === null || kind !== 'animal' || mark !== null || setAside) return []
  const taxon = find(suggestion.stopTaxonId)
  if (taxon === null) return []
  const score = suggestion.stopTaxonId === suggestion.taxonId ? suggestion.probability : null
  return [
    {
      id: `tree-${id}`,
      taxon: wordsOf(taxon),
      verified: false,
      by: `Clavis ${suggestion.treeVersion}`,
      score,
      at: null,
      speciesnetId: speciesnetIdOf(externalIds.get(Number(taxon.id)) ?? []),
    },
  ]
}

function wordsOf(taxon: Taxon): TaxonWords {
  const words: TaxonWords = { label: taxon.name, scientificName: taxon.name, rank: taxon.rank }
  for (const { rank, name } of [...taxon.path, taxon]) if (isColumn(rank)) words[rank] = name
  return taxon.commonName === null ? words : { ...words, commonName: taxon.commonName }
}

const COLUMNS = RANKS.filter((rank) => rank !== 'subspecies')
const isColumn = (rank: Rank): rank is Exclude<Rank, 'subspecies'> => (COLUMNS as Rank[]).includes(rank)

type Said = Pick<WrittenBox, 'statements' | 'proposals' | 'own'> & { taught: Taxon | null }

const boxOf = (detection: Detection, { statements, proposals, taught, own }: Said): WrittenBox => ({
  id: String(detection.id),
  isWhole: detection.source === 'wholePhoto',
  bbox: detection.bbox,
  kind: detection.kind,
  confidence: detection.confidence,
  detector: detection.detector ?? (detection.source === 'detector' ? 'Clavis' : null),
  statements: detection.mark === null ? statements : [],
  proposals: detection.mark === null ? proposals : [],
  taught: taught === null || detection.conflict || detection.mark !== null ? null : wordsOf(taught),
  observed: detection.observation,
  own,
  mark: detection.mark,
})

const photoOf = (row: Media, deployment: string | null, boxes: WrittenBox[]) => ({
  id: String(row.id),
  path: row.filename.replaceAll('\\', '/').replace(/^([/.~]+)/, ''),
  sha256: row.sha256,
  mimeType: row.mimeType,
  width: row.width ?? 0,
  height: row.height ?? 0,
  capturedAt: row.capturedAt?.replace(' ', 'T').slice(0, 19) ?? null,
  deployment,
  sequence: row.groupName ?? (row.sequenceId === null ? null : String(row.sequenceId)),
  isEmpty: row.mark === 'empty',
  favourite: row.favourite,
  notes: row.notes,
  boxes,
})

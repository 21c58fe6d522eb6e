// Everything as one CSV table, a row per detection, written as the database is read. It has the columns of an
// importable library, so that what was taught here can be imported or evaluated elsewhere.

import { z } from '@hono/zod-openapi'
import { stringify } from 'csv-stringify/sync'
import { hash } from '../../../classifiers/fitting/folds.ts'
import { getOwnFields } from '../../../db/own-fields.ts'
import { readDeployments } from '../../../db/photos/deployments.ts'
import { type ExportRow, exportRows } from '../../../db/photos/export.ts'
import { photoName } from '../../../indexer/photos/file-names.ts'
import { exportColumnsSchema } from '../../contract/exchange/templates.ts'
import { queueNameSchema } from '../../contract/queue.ts'
import type { Taxon } from '../../contract/taxon.ts'
import { streamOf } from '../../http/bodies/stream-answer.ts'
import { problems } from '../../http/problem.ts'
import { newRoutes, routesOf } from '../../http/router.ts'
import { harmlessCell } from '../../interchange/exchange/table-rows.ts'
import { namedOwn } from '../../present/own-fields.ts'
import { taxonLookup } from '../../present/taxa.ts'
import type { Service } from '../../service.ts'
import { narrowingOf, narrowingSchema } from '../narrowing.ts'
import { choose, type Filter } from './chosen.ts'
import { chosenColumns, type OwnColumn } from './own-columns.ts'
import { openPlaces } from './places.ts'

const route = routesOf('Export')

/** One in so many groups of photos is marked `test`; they are always the same ones. */
const TEST_SHARE = 4

const exportRoute = route('get /api/export.csv', 'Everything as a table', {
  description:
    'One row per detection, or per animal that the filter finds: the photo, its box, a column per rank of the current identification and of the suggestion, and the columns of an importable library. `path` leads to the photo from the data folder, or from PHOTOS_URL where photos are in a bucket.',
  request: {
    query: narrowingSchema.extend({
      queue: queueNameSchema.optional(),
      columns: exportColumnsSchema.optional(),
      prefix: z
        .string()
        .max(1000)
        .default('')
        .openapi({ description: 'Put before every `path`: the way from the table to the data folder.' }),
    }),
  },
  responses: {
    200: { description: 'CSV, UTF-8', content: { 'text/csv': { schema: { type: 'string' } } } },
    ...problems(400, 404),
  },
})

export function exportRoutes(service: Service) {
  return newRoutes().openapi(exportRoute, async (c) => {
    const { prefix, queue, columns, ...narrowing } = c.req.valid('query')
    const filter = { ...(await narrowingOf(service, narrowing)), queue }
    const text = exportCsv(service, prefix, filter, await chosenColumns(service.db, columns))
    return c.body(await streamOf(text), 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="clavis-export.csv"',
      'Cache-Control': 'no-store',
    })
  })
}

/** The table as text, a page at a time, its header first. */
export async function* exportCsv(
  service: Service,
  prefix: string,
  filter: Filter,
  columns: readonly OwnColumn[],
): AsyncGenerator<string> {
  const own = await getOwnFields(service.db)
  const chosen = await choose(service, filter)
  const [places, deployments] = await Promise.all([openPlaces(service, false, []), readDeployments(service.db)])
  yield stringify([columns.map(({ header }) => harmlessCell(header))])
  const idOf = new Map(deployments.map(({ id, name }) => [name, id]))
  for await (const rows of exportRows(service.db, chosen && [...chosen.detections].sort((a, b) => a - b))) {
    const ids = rows.flatMap((row) => [row.taughtTaxonId, row.suggestedTaxonId, row.stopTaxonId, row.rivalTaxonId])
    const taxa = await taxonLookup(service, ids)
    const records = rows.map(withoutGuess).map((row) => ({
      ...plainColumns(row),
      ...Object.fromEntries(namedOwn(own, row.own)),
      ...places.ofPhoto({
        id: row.mediaId,
        filename: row.filename,
        deploymentId: row.deployment === null ? null : (idOf.get(row.deployment) ?? null),
        latitude: row.latitude,
        longitude: row.longitude,
      }),
      path: prefix + photoName(row.sha256),
      ...taxonColumns(taxa.find(row.taughtTaxonId), ''),
      ...taxonColumns(taxa.find(row.suggestedTaxonId), 'suggested'),
      stop: taxa.find(row.stopTaxonId)?.name,
      stopRank: taxa.find(row.stopTaxonId)?.rank,
      labelRival: taxa.find(row.rivalTaxonId)?.name,
    }))
    yield stringify(records.map(harmless), { columns: [...columns], cast: { boolean: String } })
  }
}

/** No cell is a formula for a spreadsheet; an import takes the sign away again. */
const harmless = (record: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(record).map(([name, cell]) => [name, typeof cell === 'string' ? harmlessCell(cell) : cell]),
  )

/** People, vehicles, what is no animal, and animals of photos that people marked empty have no suggested taxon. */
const withoutGuess = (row: ExportRow): ExportRow =>
  row.kind === 'animal' && row.mark !== 'notAnimal' && row.photoMark === null
    ? row
    : { ...row, suggestedTaxonId: null, stopTaxonId: null, probability: null, treeVersion: null }

function plainColumns(row: ExportRow) {
  const burst = row.sequenceId === null ? null : `${row.deployment ?? ''} sequence ${row.sequenceId}`
  return {
    group: row.groupName ?? burst,
    deployment: row.deployment,
    split: hash(row.groupKey) % TEST_SHARE === 0 ? 'test' : 'train',
    // The whole photo is not written as a box, or an import would not run the detector on it.
    bboxes:
      row.source === 'wholePhoto' ? null : [row.x, row.y, row.width, row.height].map((n) => n.toFixed(6)).join(' '),
    conflict: row.conflict,
    person: row.person,
    time: row.identifiedAt,
    count: row.count,
    sex: row.sex,
    lifeStage: row.lifeStage,
    behaviour: row.behaviour,
    individual: row.individual,
    mark: row.mark,
    photoMark: row.photoMark,
    notes: row.notes || null,
    flagged: row.flagged,
    probability: row.probability,
    treeVersion: row.treeVersion,
    filename: row.filename,
    sha256: row.sha256,
    mediaId: row.mediaId,
    detectionId: row.detectionId,
    kind: row.kind,
    detectionSource: row.source,
    confidence: row.confidence,
    capturedAt: row.capturedAt,
    uniqueness: row.uniqueness,
    representativeness: row.representativeness,
    hardness: row.hardness,
    duplicateOf: row.duplicateId,
    duplicateDiffers: row.duplicateId === null ? null : row.duplicateDiffers,
    labelDoubt: row.doubt,
  }
}

/** A column per rank of the taxon's path and itself; `class`, or with a prefix `suggestedClass`. */
function taxonColumns(taxon: Taxon | null, prefix: string): Record<string, string | null> {
  if (taxon === null) return {}
  const column = (name: string) => (prefix === '' ? name : prefix + name[0]!.toUpperCase() + name.slice(1))
  const steps = [...taxon.path, taxon].map(({ rank, name }) => [column(rank), name])
  const own = prefix === '' ? { taxon: taxon.name, rank: taxon.rank } : {}
  return { ...Object.fromEntries(steps), [column('commonName')]: taxon.commonName, ...own }
}

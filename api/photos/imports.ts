// Imports: an import begins with a name, gets photos (POST /api/media), and is closed. Its progress, and the photos
// that could not be read.

import { z } from '@hono/zod-openapi'
import { closeImport, createImport, importProgress, listImports } from '../../db/photos/imports.ts'
import { listMedia } from '../../db/photos/media.ts'
import { findByName } from '../../db/taxonomy/paths.ts'
import {
  type FolderFacts,
  type Folders,
  fileNamesAnswerSchema,
  fileNamesSchema,
  folderFactsSchema,
  foldersSchema,
  type Import,
  importSchema,
  newImportSchema,
} from '../contract/exchange/import.ts'
import { idParam } from '../contract/id.ts'
import { mediaItemSchema } from '../contract/media.ts'
import { pageOf, pageQuery } from '../contract/page.ts'
import { cutPage } from '../http/cursor.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { namesOfZip } from '../interchange/zip-names.ts'
import { presentItem } from '../present/media.ts'
import type { Service } from '../service.ts'
import { factsOfFolders, folderWords } from './labels/folder-labels.ts'
import { isSystemName } from './labels/made-by-machines.ts'

const route = routesOf('Imports')

const querySchema = z.object(pageQuery)
type Page = z.output<typeof querySchema>

const beginRoute = route('post /api/imports', 'Begin an import', {
  request: { body: jsonBody(newImportSchema) },
  responses: { 201: jsonAnswer('Begun', importSchema), ...problems(400) },
})

const listRoute = route('get /api/imports', 'Imports, newest first', {
  request: { query: querySchema },
  responses: { 200: jsonAnswer('A page', pageOf(importSchema)), ...problems(400) },
})

const foldersRoute = route('post /api/imports/folders', 'What folder names say about the photos in them', {
  description: 'For an importer: the facts to send with each photo of these folders, in the same order.',
  request: { body: jsonBody(foldersSchema) },
  responses: {
    200: jsonAnswer('Deployment and labels of each folder', z.object({ items: z.array(folderFactsSchema) })),
    ...problems(400),
  },
})

const filesRoute = route('post /api/imports/files', 'What the names of files say before the files are sent', {
  description: 'For an importer: which files are nobody’s photos, and how names in a zip read that are no UTF-8.',
  request: { body: jsonBody(fileNamesSchema) },
  responses: { 200: jsonAnswer('By the rules of `npm run import`', fileNamesAnswerSchema), ...problems(400) },
})

const getRoute = route('get /api/imports/{id}', 'The progress of an import', {
  request: { params: idParam },
  responses: { 200: jsonAnswer('At this moment', importSchema), ...problems(400, 404) },
})

const closeRoute = route('post /api/imports/{id}/close', 'Say that all photos of an import were sent', {
  request: { params: idParam },
  responses: { 200: jsonAnswer('Closed', importSchema), ...problems(400, 404) },
})

const failuresRoute = route('get /api/imports/{id}/failures', 'Photos that could not be read, with the reason', {
  request: { params: idParam, query: querySchema },
  responses: { 200: jsonAnswer('A page', pageOf(mediaItemSchema)), ...problems(400, 404) },
})

export function importRoutes(service: Service) {
  return newRoutes()
    .openapi(beginRoute, async (c) => c.json(await beginImport(service, c.req.valid('json')), 201))
    .openapi(listRoute, async (c) => c.json(await pageOfImports(service, c.req.valid('query')), 200))
    .openapi(foldersRoute, async (c) => c.json({ items: await readFolders(service, c.req.valid('json')) }, 200))
    .openapi(filesRoute, (c) => c.json(readNames(c.req.valid('json')), 200))
    .openapi(getRoute, async (c) => c.json(await getImport(service, c.req.valid('param').id), 200))
    .openapi(closeRoute, async (c) => c.json(await endImport(service, c.req.valid('param').id), 200))
    .openapi(failuresRoute, async (c) =>
      c.json(await pageOfFailures(service, c.req.valid('param').id, c.req.valid('query')), 200),
    )
}

const readNames = ({ names, zipped }: z.output<typeof fileNamesSchema>) => ({
  ofSystems: names.filter(isSystemName),
  zipped: namesOfZip(zipped.map((name) => ({ fileNameRaw: Buffer.from(name, 'base64'), extraFields: [] }))),
})

async function beginImport(service: Service, facts: z.output<typeof newImportSchema>): Promise<Import> {
  const { id } = await createImport(service.db, facts)
  service.importWatch.touch()
  return await getImport(service, id)
}

async function getImport({ db, importWatch }: Service, id: number): Promise<Import> {
  return importWatch.present(await importProgress(db, id))
}

async function endImport({ db, importWatch }: Service, id: number): Promise<Import> {
  const closed = await closeImport(db, id)
  importWatch.touch()
  return importWatch.present(closed)
}

async function pageOfImports({ db, importWatch }: Service, { cursor, limit }: Page) {
  const { page, nextCursor } = cutPage(await listImports(db, { cursor, limit: limit + 1 }), limit)
  return { items: page.map((row) => importWatch.present(row)), nextCursor }
}

async function pageOfFailures({ db }: Service, importId: number, { cursor, limit }: Page) {
  const { id } = await importProgress(db, importId)
  const rows = await listMedia(db, { importId: id, status: 'failed', cursor, limit: limit + 1 })
  const { page, nextCursor } = cutPage(rows, limit)
  return { items: page.map(presentItem), nextCursor }
}

async function readFolders(
  { db }: Service,
  { root, folders, labelling, corrections = {} }: Folders,
): Promise<FolderFacts[]> {
  const known = new Set(Object.keys(corrections).map(folderWords))
  for (const words of new Set([root, ...folders.flat()].map(folderWords)))
    if (words !== '' && (await findByName(db, words)).length > 0) known.add(words)
  const facts = folders.map((parts) => factsOfFolders(root, parts, labelling, (words) => known.has(words)))
  // A folder "blank" beside folders of species was sorted by a person; alone it may be a machine's or a place.
  const isSorted = labelling === 'labelled' || facts.some((one) => one.folders !== undefined)
  return isSorted ? facts : facts.map(({ empty: _, ...rest }) => rest)
}

// Camtrap DP 1.0 to 1.0.2, the exchange format of the camera trap community: https://camtrap-dp.tdwg.org. Photos are
// held until the observations are read.

import type { Observation } from '../../../../db/photos/observations.ts'
import { RANKS, type Rank } from '../../../../db/schema.ts'
import { clipBox } from '../boxes.ts'
import { ExchangeError } from '../exchange-error.ts'
import { isObject, listOf, numberOf, objectOf, shareOf, textOf } from '../json-entries.ts'
import { kindOf } from '../labels.ts'
import { isVideo, leftOut, VIDEO_LEFT_OUT } from '../left-out.ts'
import { beside, bytesOf, type FileSet, type Reader } from '../reader.ts'
import {
  type Box,
  type EventRecord,
  type ExchangeRecord,
  type PhotoRecord,
  photoRecord,
  type Statement,
  type TaxonWords,
} from '../records.ts'
import { cell, type Row, tableRows } from '../table-rows.ts'

const READABLE = ['1.0', '1.0.1', '1.0.2']

export const camtrapDp: Reader = {
  name: 'camtrap-dp',
  title: 'Camtrap DP',
  recognises: (head, path) => /(^|\/)datapackage\.json$/i.test(path) && /camtrap-dp/.test(head),
  async *read(files, recognised) {
    for (const path of recognised) yield* readPackage(files, path)
  },
}

type Package = {
  version: string
  tables: Record<'deployments' | 'media' | 'observations', string[]>
  taxa: Map<string, TaxonWords>
}

async function* readPackage(files: FileSet, path: string): AsyncGenerator<ExchangeRecord> {
  const { version, tables, taxa } = await describe(files, path)
  yield { type: 'about', version, detector: null, threshold: null }
  const out: ExchangeRecord[] = []
  const rows = async function* (name: keyof Package['tables']) {
    for (const table of tables[name])
      yield* tableRows(files.open(table), {
        delimiter: ',',
        onBadRow: (why) => out.push(leftOut(table, `A row cannot be read: ${why}.`)),
      })
  }
  for await (const row of rows('deployments')) yield deploymentOf(row)
  const media = new Map<string, PhotoRecord>()
  const times = new Map<string, { at: number; photo: PhotoRecord }[]>()
  for await (const row of rows('media')) addMedia(row, { media, times, out })
  const events: EventRecord[] = []
  const told = new Set<string>()
  for await (const row of rows('observations')) {
    const said = statementOf(row, taxa)
    if (cell(row, 'observationLevel') === 'event' || cell(row, 'mediaID') === '') events.push(eventOf(row, said))
    else {
      const photo = media.get(cell(row, 'mediaID'))
      if (photo === undefined)
        out.push(leftOut(`observation ${cell(row, 'observationID')}`, `There is no media ${cell(row, 'mediaID')}.`))
      else observe(photo, row, said)
      if (said !== null) told.add(keyOf(photo?.deployment ?? null, cell(row, 'eventID'), said))
    }
  }
  for (const event of events) propose(event, times.get(event.deployment ?? '') ?? [], told)
  yield* events
  yield* out
  yield* media.values()
}

const keyOf = (deployment: string | null, eventId: string, { taxon }: Statement) =>
  JSON.stringify([deployment, eventId, taxon.label])

async function describe(files: FileSet, path: string): Promise<Package> {
  let document: unknown
  try {
    document = JSON.parse((await bytesOf(files, path)).toString('utf8').replace(/^\uFEFF/, '')) as unknown
  } catch (error) {
    throw new ExchangeError(`Expected JSON in ${path} but it is damaged.`, { cause: error })
  }
  const whole = objectOf(document)
  const version = /camtrap-dp\/([^/]+)\//.exec(textOf(whole.profile))?.[1] ?? 'unknown'
  if (!READABLE.includes(version))
    throw new ExchangeError(
      `Expected Camtrap DP ${READABLE.join(', ')} but this package has version ${version}. Export it again in version 1.0.`,
    )
  const tables: Package['tables'] = { deployments: [], media: [], observations: [] }
  for (const resource of listOf(whole.resources).filter(isObject)) {
    const name = textOf(resource.name)
    if (name !== 'deployments' && name !== 'media' && name !== 'observations') continue
    const paths = (Array.isArray(resource.path) ? resource.path : [resource.path]).map(textOf)
    for (const one of paths) {
      const at = beside(path, one)
      // Some packages list their resources several times.
      if (!tables[name].includes(at) && files.paths.includes(at)) tables[name].push(at)
    }
  }
  for (const name of ['deployments', 'media', 'observations'] as const) {
    const usual = beside(path, `${name}.csv`)
    if (tables[name].length === 0 && files.paths.includes(usual)) tables[name].push(usual)
    if (tables[name].length === 0)
      throw new ExchangeError(`Expected the table ${name} beside ${path}. Give the whole folder, or its zip.`)
  }
  return { version, tables, taxa: taxaOf(listOf(whole.taxonomic)) }
}

/** Only the package tells ranks; observations have only a name. */
function taxaOf(taxonomic: unknown[]): Map<string, TaxonWords> {
  const taxa = new Map<string, TaxonWords>()
  for (const taxon of taxonomic.filter(isObject)) {
    const name = textOf(taxon.scientificName)
    if (name === '') continue
    const words: TaxonWords = { label: name, scientificName: name }
    for (const rank of ['kingdom', 'phylum', 'class', 'order', 'family', 'genus'] as const)
      if (textOf(taxon[rank]) !== '') words[rank] = textOf(taxon[rank])
    const rank = textOf(taxon.taxonRank)
    if (isRank(rank)) words.rank = rank
    const common = objectOf(taxon.vernacularNames)
    const named = textOf(common.eng) || textOf(common.en)
    if (named !== '') words.commonName = named
    taxa.set(name, words)
  }
  return taxa
}

const isRank = (text: string): text is Rank => (RANKS as readonly string[]).includes(text)

/** Named by its id, because two deployments stand at one place. */
const deploymentOf = (row: Row): ExchangeRecord => ({
  type: 'deployment',
  id: cell(row, 'deploymentID'),
  name: cell(row, 'deploymentID'),
  station: cell(row, 'locationName') || cell(row, 'locationID') || null,
  latitude: numberOf(cell(row, 'latitude')),
  longitude: numberOf(cell(row, 'longitude')),
  start: cell(row, 'deploymentStart') || null,
  end: cell(row, 'deploymentEnd') || null,
  camera: cell(row, 'cameraID') || cell(row, 'cameraModel') || null,
})

type Gathered = {
  media: Map<string, PhotoRecord>
  times: Map<string, { at: number; photo: PhotoRecord }[]>
  out: ExchangeRecord[]
}

function addMedia(row: Row, { media, times, out }: Gathered): void {
  const path = cell(row, 'filePath')
  const id = cell(row, 'mediaID')
  if (path === '' || id === '') return void out.push(leftOut(`media ${id}`, 'It names no file.'))
  if (isVideo(path) || /^(video|audio)\//.test(cell(row, 'fileMediatype')))
    return void out.push(leftOut(path, VIDEO_LEFT_OUT))
  const deployment = cell(row, 'deploymentID')
  const at = cell(row, 'timestamp')
  const photo = photoRecord(path, { deployment: deployment || null, capturedAt: at || null })
  media.set(id, photo)
  const list = times.get(deployment) ?? []
  list.push({ at: Date.parse(at), photo })
  times.set(deployment, list)
}

function statementOf(row: Row, taxa: Map<string, TaxonWords>): Statement | null {
  const name = cell(row, 'scientificName')
  const animal = cell(row, 'observationType') === 'animal' && name !== '' && kindOf(name) === null
  const verified = cell(row, 'classificationMethod') === 'human'
  const by = cell(row, 'classifiedBy') || null
  const score = verified ? null : shareOf(cell(row, 'classificationProbability'))
  // At a setup, people work on the camera, whatever else the row says.
  if (!animal || cell(row, 'cameraSetupType') !== '') return null
  return { taxon: taxa.get(name) ?? { label: name, scientificName: name }, verified, by, score }
}

const eventOf = (row: Row, said: Statement | null): EventRecord => ({
  type: 'event',
  id: cell(row, 'eventID') || cell(row, 'observationID'),
  deployment: cell(row, 'deploymentID') || null,
  start: cell(row, 'eventStart') || null,
  end: cell(row, 'eventEnd') || null,
  count: numberOf(cell(row, 'count')),
  statements: said === null ? [] : [said],
})

/**
 * A statement about an event is a proposal for its photos, because it does not say which of them shows the animal: not
 * where rows of its photos say the same (`told`). Both ends count.
 */
function propose(event: EventRecord, photos: { at: number; photo: PhotoRecord }[], told: Set<string>): void {
  const start = Date.parse(event.start ?? '')
  const end = Date.parse(event.end ?? '')
  const untold = event.statements.filter((said) => !told.has(keyOf(event.deployment, event.id, said)))
  if (untold.length === 0) return
  for (const { at, photo } of photos)
    if (at >= start && at <= end)
      // A row about this photo says more than one about its event.
      for (const said of untold)
        if (
          ![...photo.statements, ...photo.boxes.flatMap((box) => box.statements)].some(
            (one) => one.taxon === said.taxon || one.taxon.label === said.taxon.label,
          )
        )
          photo.statements.push({ ...said, verified: false })
}

function observe(photo: PhotoRecord, row: Row, said: Statement | null): void {
  const type = cell(row, 'observationType')
  const verified = cell(row, 'classificationMethod') === 'human'
  photo.group ??= (tagOf(row, 'sequence') ?? cell(row, 'eventID')) || null
  if (type === 'blank') photo.empty = { verified, by: cell(row, 'classifiedBy') || null }
  const bbox = clipBox(['bboxX', 'bboxY', 'bboxWidth', 'bboxHeight'].map((name) => numberOf(cell(row, name))))
  const observed = verified ? observedOf(row) : undefined
  if (bbox === null) {
    if (said !== null) photo.statements.push(said)
    if (observed !== undefined) photo.observed ??= observed
    return
  }
  photo.searched = true
  const setup = cell(row, 'cameraSetupType') !== ''
  const kind: Box['kind'] = setup || type === 'human' ? 'person' : type === 'vehicle' ? 'vehicle' : 'animal'
  // Several rows of one box: what several people and machines say of one animal.
  const same = photo.boxes.find((box) => box.kind === kind && String(box.bbox) === String(bbox))
  const box = same ?? { bbox, kind, confidence: null, suppressed: false, statements: [] }
  if (same === undefined) photo.boxes.push(box)
  if (said !== null) box.statements.push(said)
  if (observed !== undefined) box.observed ??= observed
  const detector = tagOf(row, 'detector')
  photo.detector ??= detector ?? (verified ? null : cell(row, 'classifiedBy') || 'a machine')
  if (detector !== null) box.confidence ??= shareOf(tagOf(row, 'confidence') ?? '')
  else if (!verified && same === undefined) box.confidence = shareOf(cell(row, 'classificationProbability'))
}

const tagsOf = (row: Row): string[] =>
  cell(row, 'observationTags')
    .split('|')
    .map((tag) => tag.trim())

/** What this service writes there, because the format has no column for it. */
const tagOf = (row: Row, key: string): string | null =>
  tagsOf(row)
    .find((tag) => tag.startsWith(`${key}:`))
    ?.slice(key.length + 1) ?? null

/** Tags such as `coat:red` may be of the project's own fields; the service knows which. */
function ownOf(row: Row): Pick<Observation, 'own'> {
  const tags = tagsOf(row).flatMap((tag) => {
    const [, name = '', value = ''] = /^([^:]+):(.+)$/.exec(tag) ?? []
    return name === '' || ['sequence', 'detector', 'confidence'].includes(name) ? [] : [[name.trim(), value.trim()]]
  })
  return tags.length === 0 ? {} : { own: Object.fromEntries(tags) }
}

function observedOf(row: Row): Observation | undefined {
  const count = numberOf(cell(row, 'count'))
  const sex = cell(row, 'sex')
  const stage = cell(row, 'lifeStage')
  const observed: Observation = {
    // One animal in a box is what nobody needs to say.
    count: count !== null && count > 1 ? count : null,
    sex: sex === 'female' || sex === 'male' ? sex : null,
    lifeStage: stage === 'adult' || stage === 'subadult' || stage === 'juvenile' ? stage : null,
    behaviour: cell(row, 'behavior') || null,
    individual: cell(row, 'individualID') || null,
    ...ownOf(row),
  }
  return Object.values(observed).some((value) => value !== null) ? observed : undefined
}

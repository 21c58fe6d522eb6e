// `npm run import` indexes and learns the photos of a folder or a CSV, and lists those that could not be read. It sends
// them to a running server over HTTP; without one this process does the work itself, in the same way.

import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DataFolderInUse } from '../../../db/connection/data-folder-lock.ts'
import { createApp } from '../../app.ts'
import type { Config } from '../../config.ts'
import type { Folders } from '../../contract/exchange/import.ts'
import { newDeployment } from '../../interchange/exchange/new-deployment.ts'
import { openService } from '../../open-service.ts'
import { count, duration, openProgress } from '../progress.ts'
import { UsageError } from '../usage.ts'
import { createImportClient, type ImportClient, type Send } from './client.ts'
import { type ExchangePlan, planExchange } from './exchange-plan.ts'
import { reportLeftOut, showPlan } from './exchange-report.ts'
import { type Corrections, correctedPhotos, findMisspelt, misspeltIn, nearest, showMisspelt } from './misspelt.ts'
import { findPath, planImport } from './plan.ts'
import type { Plan, PlanOptions } from './planned.ts'
import { type ImportResult, runImport } from './run.ts'

export const IMPORT_HELP = `npm run import -- PATH [options]

Brings photos in, finds the animals in them, and learns from labels.
PATH is a folder, a CSV with a column path (relative to the CSV), or one photo.

  Folders   named like species (Danaus_plexippus), or like taxa that are known, are labels; folders around them are the ranks
            above. The outermost other folder is the deployment: a camera at a place.
  CSV       path, class, order, family, genus, species, commonName, group, deployment, split, bboxes ("x y w h" as fractions,
            ";" between boxes), count, sex, lifeStage, behaviour, individual, own fields, mark, photoMark, notes, flagged, as an
            export writes them, also under a lab's own names of columns. Other columns are ignored.
  Others    what other programs wrote, recognised by its content, as a folder, a zip or a file beside its photos: MegaDetector,
            SpeciesNet, AddaxAI, Camtrap DP, COCO, YOLO, Pascal VOC, CVAT, Label Studio, FiftyOne, Timelapse, iNaturalist, Wildlife
            Insights, Darwin Core, camtrapR, keywords in photos and XMP sidecars. Labels that people made or verified are
            identifications, those of machines proposals. Photos may have been imported before.

  --name NAME       Name of the import; labels are identifications by import:NAME. Default: the name of PATH.
  --labelled        Every innermost folder is a label, whatever it looks like.
  --unlabelled      No labels: neither from folders nor from columns.
  --outside         The CSV may name photos outside of its own folder.
  --ignore-boxes    Look for animals in every photo, also where a file has boxes.
  --plan            Shows what would be imported, and imports nothing.
  --left-out FILE   Writes what was left out, and why, as a CSV.
  --correct         Names that nothing has are read as the taxa that are spelt nearly so (--plan shows which).
  --mean "WRITTEN=NAME" Reads a name as another one: "Osselot=Leopardus pardalis"; may be given several times.
  --min-confidence N    Boxes of other programs' detectors below it are left out. Default: what their file says.
  --species-column NAME The column of a Timelapse table that names the species.
  --split NAME      Only rows with this in the column split; may be given several times.

Safe to interrupt (Ctrl-C finishes what is under way) and to repeat: known photos are not read again.
Ends with 0 when everything is in, 1 when photos could not be read (they are listed), 2 when it could not begin, 130 when it
was interrupted. Works with a running server (set API_TOKEN if it has one) and without one.
`

/** Returns the exit code. */
export async function importCommand(args: string[], config: Config, signal: AbortSignal): Promise<number> {
  const { path, name, ...options } = parse(args)
  await findPath(path)
  const target = await openTarget(config)
  let plan: Plan | null = null
  try {
    const client = createImportClient(target.send)
    const scratch = join(config.dataDir, 'photos', 'incoming')
    const planned = await planCorrected(client, path, { ...options, name, scratch })
    const { exchange } = planned
    plan = planned.plan
    for (const note of plan.notes) console.error(note)
    if (options.planOnly) {
      await reportLeftOut([plan.leftOut ?? []], options.leftOutFile)
      return 0
    }
    for (const deployment of exchange?.found.deployments ?? []) await client.addDeployment(newDeployment(deployment))
    if (plan.photos.length === 0) console.error(`There are no photos to import in ${path}.`)
    else console.error(`${count(plan.photos.length)} photos to ${target.place}.`)
    const progress = openProgress(plan.photos.length, 'photos')
    const result = await runImport(client, plan, progress, signal, scratch).finally(() => progress.stop())
    report(result, plan.missing, await client.unplaced())
    const lists = [plan.leftOut ?? [], result.leftOut, ...asLeftOut(result, plan.missing)]
    await reportLeftOut(lists, options.leftOutFile)
    result.close()
    if (result.interrupted) return 130
    return result.failures.length + plan.missing.length + (exchange?.counts.missing ?? 0) > 0 ? 1 : 0
  } finally {
    await plan?.close?.()
    await target.close()
  }
}

/** The plan, with the names that the person corrects. A folder whose name is corrected is a label. */
async function planCorrected(
  client: ImportClient,
  path: string,
  { correct, means, ...options }: Omit<Parsed, 'path'> & { scratch: string },
): Promise<{ exchange: ExchangePlan | null; plan: Plan }> {
  const templates = await client.templates()
  const planWith = async (corrections: Corrections) => {
    const factsOfFolders = (request: Folders) => client.factsOfFolders({ ...request, corrections })
    const exchange = await planExchange(path, { ...options, factsOfFolders, client })
    return {
      exchange,
      plan: exchange ?? (await planImport(path, { ...options, templates, factsOfFolders, known: client.known })),
    }
  }
  let { exchange, plan } = await planWith(means)
  if (exchange !== null) showPlan(exchange)
  const doubted = [...(exchange === null ? [] : misspeltIn(exchange)), ...(await findMisspelt(client, plan))]
  const found = options.labelling === 'unlabelled' ? [] : doubted.filter(({ written }) => means[written] === undefined)
  showMisspelt(found, correct)
  const corrections = correct ? { ...nearest(found), ...means } : means
  if (correct && found.length > 0) {
    await plan.close?.()
    ;({ exchange, plan } = await planWith(corrections))
  }
  if (Object.keys(corrections).length === 0) return { exchange, plan }
  return { exchange, plan: { ...plan, photos: correctedPhotos(plan.photos, corrections) } }
}

/** Every photo that is not in, for the list that can be kept. */
const asLeftOut = ({ failures }: ImportResult, missing: string[]) => [
  {
    *[Symbol.iterator]() {
      for (const { path, message } of failures) yield { what: path, why: message }
    },
  },
  missing.map((path) => ({ what: path, why: 'The file is missing.' })),
]

type Parsed = { path: string } & Omit<PlanOptions, 'factsOfFolders' | 'known'> & {
    planOnly: boolean
    leftOutFile?: string
    correct: boolean
    means: Corrections
    speciesColumn?: string
    threshold?: number
  }

function parse(args: string[]): Parsed {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      labelled: { type: 'boolean', default: false },
      unlabelled: { type: 'boolean', default: false },
      outside: { type: 'boolean', default: false },
      'ignore-boxes': { type: 'boolean', default: false },
      split: { type: 'string', multiple: true, default: [] },
      plan: { type: 'boolean', default: false },
      'left-out': { type: 'string' },
      correct: { type: 'boolean', default: false },
      mean: { type: 'string', multiple: true, default: [] },
      'species-column': { type: 'string' },
      'min-confidence': { type: 'string' },
    },
  })
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0)
    throw new UsageError(`Expected one path but received ${positionals.length}.\n\n${IMPORT_HELP}`)
  if (values.labelled && values.unlabelled)
    throw new UsageError('Expected --labelled or --unlabelled but received both.')
  const labelling: Folders['labelling'] = values.labelled ? 'labelled' : values.unlabelled ? 'unlabelled' : 'guess'
  const threshold = values['min-confidence'] === undefined ? undefined : Number(values['min-confidence'])
  if (threshold !== undefined && !(threshold >= 0 && threshold <= 1))
    throw new UsageError(`Expected --min-confidence between 0 and 1 but received ${values['min-confidence']}.`)
  return {
    path,
    name: values.name,
    labelling,
    ignoreBoxes: values['ignore-boxes'],
    outside: values.outside,
    splits: values.split,
    planOnly: values.plan,
    leftOutFile: values['left-out'],
    correct: values.correct,
    means: meansOf(values.mean),
    speciesColumn: values['species-column'],
    threshold,
  }
}

function meansOf(given: string[]): Corrections {
  const means: Corrections = {}
  for (const text of given) {
    const [written = '', name = ''] = text.split('=').map((part) => part.trim())
    if (written === '' || name === '') throw new UsageError(`Expected --mean "WRITTEN=NAME" but received ${text}.`)
    means[written] = name
  }
  return means
}

/** Known photos of another deployment that are listed one by one. */
const MOST_KEPT = 20

type Target = { send: Send; place: string; close: () => Promise<void> }

/** The server that holds the data folder, or the service in this process. */
export async function openTarget(config: Config): Promise<Target> {
  const token: Record<string, string> = config.apiToken === null ? {} : { Authorization: `Bearer ${config.apiToken}` }
  const withToken = (init: RequestInit = {}) => ({ ...init, headers: { ...init.headers, ...token } })
  try {
    const service = await openService(config, { indexing: true })
    const app = createApp(service)
    const send: Send = async (path, init) => await app.request(path, withToken(init))
    return { send, place: config.dataDir, close: () => service.close() }
  } catch (error) {
    if (!(error instanceof DataFolderInUse) || !error.holder?.url) throw error
    const { url } = error.holder
    const send: Send = (path, init) => fetch(new URL(path, url), withToken(init))
    return { send, place: `the server at ${url}`, close: async () => {} }
  }
}

function report(result: ImportResult, missing: string[], unplaced: string[]): void {
  for (const { path, message } of result.failures) console.log(`${path}: ${message}`)
  for (const path of missing) console.log(`${path}: The file is missing.`)
  let kept = 0
  for (const { path, deployment } of result.kept)
    if (++kept <= MOST_KEPT) console.log(`${path}: It was known and stays in the deployment ${deployment}.`)
  if (result.kept.length > MOST_KEPT)
    console.log(`${count(result.kept.length - MOST_KEPT)} more known photos stay in the deployment that they had.`)
  const parts = [`${count(result.indexed)} photos are in`]
  if (result.known > 0) parts.push(`${count(result.known)} of them were known before`)
  const broken = result.failures.length + missing.length
  if (broken > 0) parts.push(`${count(broken)} could not be read (listed above)`)
  console.log(`${parts.join(', ')}. ${duration(result.seconds)}.`)
  if (unplaced.length > 0) {
    const names = unplaced.slice(0, 10).join(', ')
    console.log(
      `${unplaced.length === 1 ? '1 taxon waits' : `${count(unplaced.length)} taxa wait`} for a place in the taxonomy: ${names}${unplaced.length > 10 ? ', …' : ''}.`,
    )
  }
  if (result.interrupted)
    console.log(
      `Interrupted: ${count(result.waiting)} photos wait to be indexed, by the server or the next import. Run the same command again for the rest.`,
    )
}

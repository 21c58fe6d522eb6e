// `npm run doctor` prints a line for each part of the installation, with what to do where something is wrong. The exit
// code is 1 when something keeps the service from working.

import { parseArgs } from 'node:util'
import { firstEmbedder } from '../../indexer/models/first-embedder.ts'
import { DEFAULT_DETECTOR, DEFAULT_EMBEDDER } from '../../indexer/models/models.ts'
import type { Config } from '../config.ts'
import { checkModels } from '../installation/model-check.ts'
import { modelFolders, type StoredModelChoice } from '../installation/model-choice.ts'
import {
  checkDatabase,
  checkDataFolder,
  checkDisk,
  checkNode,
  checkPhotos,
  checkPort,
  checkQueue,
  type Finding,
} from './doctor-checks.ts'
import { examineDeeply } from './doctor-deep.ts'

export const DOCTOR_HELP = `npm run doctor -- [--deep] [--json]

Checks Node.js, the data folder and its disk, where photos are kept, the database, the queue, the models (their files, and that each runs once), the
device and the port, and says what to do where something is wrong. Changes nothing; works while the service runs. The exit code
is 1 when something must be fixed.

  --deep   Also reads every row of every table, and every photo, crop and model against its checksum, and says what to restore. Takes as long
           as reading the disk. While the service runs it is asked for a copy of its database, which needs API_TOKEN where people sign in.
  --json   The findings as JSON: [{part, status: ok | warn | fail, found, fix}].
`

const MARKS = { ok: '✓', warn: '!', fail: '✗' } as const
const NAMES: Record<Finding['part'], string> = {
  node: 'Node.js',
  dataFolder: 'Data folder',
  disk: 'Disk',
  photos: 'Photos',
  database: 'Database',
  queue: 'Queue',
  models: 'Models',
  device: 'Device',
  port: 'Port',
  tables: 'Tables',
  photoFiles: 'Photo files',
  crops: 'Crops',
  weights: 'Weights',
}

export async function doctorCommand(args: string[], config: Config): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { json: { type: 'boolean', default: false }, deep: { type: 'boolean', default: false } },
  })
  const findings: Finding[] = []
  for await (const finding of examine(config, values.deep)) {
    findings.push(finding)
    if (!values.json) console.log(line(finding))
  }
  if (values.json) console.log(JSON.stringify(findings, null, 2))
  return findings.some(({ status }) => status === 'fail') ? 1 : 0
}

/** One part after the other. */
export async function* examine(config: Config, deep = false): AsyncGenerator<Finding> {
  yield checkNode()
  yield await checkDataFolder(config.dataDir)
  yield await checkDisk(config.dataDir)
  yield await checkPhotos(config)
  const { finding: database, holder, choice } = await checkDatabase(config)
  yield database
  yield await checkQueue(config.queueUrl)
  yield* await checkModels(config, {
    detector: config.detector ?? choice.detector ?? DEFAULT_DETECTOR,
    ...(await chosenEmbedder(config, choice, holder !== null)),
  })
  yield await checkPort(config, holder)
  if (deep) yield* examineDeeply(config)
}

/**
 * The embedder in use, and the reason if a trial chose it. While another process holds the embedded database, the
 * choice is unknown, and the default is checked.
 */
async function chosenEmbedder(
  config: Config,
  choice: StoredModelChoice,
  inUse: boolean,
): Promise<{ embedder: string; why: string | null }> {
  if (config.embedder !== null) return { embedder: config.embedder, why: null }
  if (choice.embedder !== undefined) return { embedder: choice.embedder, why: choice.why ?? null }
  if (inUse) return { embedder: DEFAULT_EMBEDDER, why: null }
  const { threads, device, deviceId } = config
  const { name, why } = await firstEmbedder(modelFolders(config), { threads, device, deviceId })
  return { embedder: name, why }
}

function line({ part, status, found, fix }: Finding): string {
  const first = `${MARKS[status]} ${NAMES[part].padEnd(12)} ${found}`
  return fix === null ? first : `${first}\n  → ${fix}`
}

// What measurements share: servers and models as a service has them, quantiles, and the report as a table and as JSON.

import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Config, PROJECT_DIR } from '../../api/config.ts'
import { firstEmbedder } from '../../indexer/models/first-embedder.ts'
import { BUNDLED_MODELS, DEFAULT_DETECTOR, type Models, openModels } from '../../indexer/models/models.ts'

/** What options of a command line say: each is a text. */
export function readOptions<Defaults extends Record<string, string | undefined>>(args: string[], defaults: Defaults) {
  const names = Object.keys(defaults)
  const { values } = parseArgs({ args, options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) })
  // The names are those of `defaults`.
  return { ...defaults, ...values } as { [Name in keyof Defaults]: Defaults[Name] | string }
}

export type Measured = Record<string, number | string | null>

/** Prints and stores what was measured, with the machine it was measured on. */
export async function reportMeasured(title: string, measured: Measured, json: string | undefined): Promise<void> {
  const machine = {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? '',
    memoryGb: Math.round(totalmem() / 1e9),
    node: process.version,
  }
  const width = Math.max(...Object.keys(measured).map((key) => key.length))
  console.log(`\n${title} (${machine.cores} cores, ${machine.cpu}, ${new Date().toISOString().slice(0, 10)})`)
  for (const [key, value] of Object.entries(measured)) console.log(`  ${key.padEnd(width)}  ${show(value)}`)
  if (json !== undefined)
    await writeFile(json, `${JSON.stringify({ title, date: new Date().toISOString(), machine, measured }, null, 2)}\n`)
}

function show(value: number | string | null): string {
  if (typeof value !== 'number') return value ?? 'not measured here'
  return Number.isInteger(value) ? value.toLocaleString('en-GB') : value.toFixed(Math.abs(value) < 1 ? 3 : 1)
}

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export type WithEmbedder = Config & { embedder: string }

/**
 * With the embedder that a new installation begins with here, so that the service and what is measured bare use the
 * same.
 */
export async function withEmbedder(config: Config): Promise<WithEmbedder> {
  const embedder = config.embedder ?? (await firstEmbedder([BUNDLED_MODELS], config)).name
  return { ...config, embedder }
}

/** The models that a service with these settings would use, in an inference process of their own. */
export function openConfiguredModels(config: WithEmbedder): Promise<Models> {
  return openModels({
    folders: [BUNDLED_MODELS],
    detector: config.detector ?? DEFAULT_DETECTOR,
    detectorSize: config.detectorSize,
    embedder: config.embedder,
    threads: config.threads,
    device: config.device,
  })
}

export type RunningServer = { url: string; pid: number; stop(): Promise<void> }

/** A server of its own process, as `npm start` runs it. `version`: the folder of another checkout. */
export async function startServer(
  environment: Record<string, string>,
  version: string = PROJECT_DIR,
): Promise<RunningServer> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(version, 'api', 'main.ts'), 'serve'], {
    cwd: version,
    env: { PATH: '/usr/bin:/bin', PORT: '0', LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk
      const found = /ready at (\S+)/.exec(said)
      if (found) resolve(found[1]!)
    })
    child.on('exit', (code) => reject(new Error(`The server ended with ${code} before it was ready: ${said}`)))
  })
  return {
    url,
    pid: child.pid!,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

const LOOK_MS = 5000
const IDLE_SHARE = 0.03
const LONGEST_MS = 15 * 60_000

/** Waits until the server has used less than 3 % of a core for ten seconds, when its background work is over. */
export async function idle(url: string): Promise<void> {
  const cpuSeconds = async () => {
    const text = await (await fetch(`${url}/metrics`)).text()
    return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1])
  }
  const until = performance.now() + LONGEST_MS
  let before = await cpuSeconds()
  for (let quiet = 0; quiet < 2; ) {
    await wait(LOOK_MS)
    const now = await cpuSeconds()
    quiet = ((now - before) * 1000) / LOOK_MS < IDLE_SHARE ? quiet + 1 : 0
    before = now
    if (performance.now() > until) throw new Error('Expected the server to come to rest within a quarter of an hour.')
  }
}

// What insight costs in a large installation: how long each chart takes the first time, under filters of several kinds;
// how long the map of look-alikes takes, how much memory, and how fast the service answers meanwhile. Nothing else may
// run on the data folder.

import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openProgress } from '../../api/commands/progress.ts'
import { UsageError } from '../../api/commands/usage.ts'
import type { Config } from '../../api/config.ts'
import type { DeploymentsInsight, MapPoints, MapStanding, TaxaInsight } from '../../api/contract/insight.ts'
import { type Measured, quantile, reportMeasured, startServer } from './measuring.ts'
import { residentBytes } from './processes.ts'

export const BENCH_INSIGHT_HELP = `npm run bench -- insight --data-dir DIR [--times N] [--only NAME,…] [--no-map] [--json FILE]

Starts a server on DIR (and DATABASE_URL, if it is set) and asks for every chart N times (20) per kind of filter, each time for other
days, so that no answer comes from a cache; then computes the map of look-alikes, which DIR keeps.
`

const CHARTS = ['taxa', 'confidence', 'probability', 'activity', 'deployments', 'confirmed', 'accuracy', 'learning']
/** The numbers for a report, of which every photo may be a part. */
const RESULTS = ['results', 'results/activity', 'results/history.csv', 'results/cameras']
const POLL_MS = 100
const POINTS_TIMES = 10

export async function benchInsight(args: string[], config: Config): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      'data-dir': { type: 'string' },
      times: { type: 'string', default: '20' },
      only: { type: 'string', default: [...CHARTS, ...RESULTS].join(',') },
      'no-map': { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  })
  const { 'data-dir': dataDir } = values
  const times = Number(values.times)
  if (dataDir === undefined || !Number.isInteger(times) || times < 1) throw new UsageError(BENCH_INSIGHT_HELP)
  const isEmbedded = config.databaseUrl.startsWith('file:')
  const server = await startServer({
    DATA_DIR: dataDir,
    ...(isEmbedded ? {} : { DATABASE_URL: config.databaseUrl }),
  })
  try {
    const read = async (path: string, method = 'GET'): Promise<string> => {
      const response = await fetch(`${server.url}${path}`, { method })
      const text = await response.text()
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`)
      return text
    }
    // The caller names the route's shape.
    const ask = async <T>(path: string, method?: string): Promise<T> => JSON.parse(await read(path, method)) as T
    const measured: Measured = {}
    const { animals, taxa } = await ask<TaxaInsight>('/api/insight/taxa')
    measured.animals = animals
    const size = ({ identified, suggested }: TaxaInsight['taxa'][number]) => identified + suggested
    const species = taxa.filter(({ rank }) => rank === 'species').sort((a, b) => size(b) - size(a))
    const { deployments } = await ask<DeploymentsInsight>('/api/insight/deployments')
    const filters = {
      everything: '',
      'its commonest species': `&taxon=${species[0]?.id}`,
      'one camera': `&deployment=${encodeURIComponent(deployments[0]?.name ?? '')}`,
    }
    let day = 0
    const charts = values.only.split(',')
    const progress = openProgress(charts.length, 'charts')
    for (const [done, chart] of charts.entries()) {
      progress.update(done, chart)
      for (const [name, filter] of Object.entries(chart === 'results/history.csv' ? taxonOnly(filters) : filters)) {
        const taken: number[] = []
        for (let i = 0; i < times; i++) {
          // No photo is so old: the days are different each time, what is counted is not.
          const from = new Date(Date.UTC(1900, 0, 1 + day++)).toISOString().slice(0, 10)
          const startedAt = performance.now()
          await read(`/api/${RESULTS.includes(chart) ? chart : `insight/${chart}`}?from=${from}${filter}`)
          taken.push(performance.now() - startedAt)
        }
        for (const share of [0.5, 0.95]) measured[`${chart}, ${name}, p${100 * share} ms`] = quantile(taken, share)
      }
    }
    progress.stop()
    if (!values['no-map']) Object.assign(measured, await measureMap(server.pid, ask))
    await reportMeasured('Insight', measured, values.json)
  } finally {
    await server.stop()
  }
  return 0
}

/** A history is of one taxon. */
const taxonOnly = (filters: Record<string, string>) =>
  Object.fromEntries(Object.entries(filters).filter(([, filter]) => filter.startsWith('&taxon=')))

async function measureMap(pid: number, ask: <T>(path: string, method?: string) => Promise<T>): Promise<Measured> {
  const before = await residentBytes(pid)
  let most = before
  const waits: number[] = []
  const startedAt = performance.now()
  let standing = await ask<MapStanding>('/api/insight/map', 'POST')
  while (standing.state === 'computing') {
    const askedAt = performance.now()
    standing = await ask<MapStanding>('/api/insight/map')
    waits.push(performance.now() - askedAt)
    most = Math.max(most ?? 0, (await residentBytes(pid)) ?? 0)
    await sleep(POLL_MS)
  }
  if (standing.ready === null) throw new Error(`Expected a map but: ${standing.message}`)
  const seconds = (performance.now() - startedAt) / 1000
  const arrived: number[] = []
  let shown = 0
  for (let i = 0; i < POINTS_TIMES; i++) {
    const askedAt = performance.now()
    shown = (await ask<MapPoints>('/api/insight/map/points')).detectionIds.length
    arrived.push(performance.now() - askedAt)
  }
  return {
    'animals on the map': shown,
    'map ready after, s': seconds,
    'memory before it, all processes, MB': before === null ? null : before / 1e6,
    'memory at most, MB': most === null ? null : most / 1e6,
    'an answer meanwhile, p50 ms': quantile(waits, 0.5),
    'an answer meanwhile, p95 ms': quantile(waits, 0.95),
    'an answer meanwhile, slowest ms': quantile(waits, 1),
    'its points, the first time, ms': arrived[0] ?? null,
    'its points, p50 ms': quantile(arrived, 0.5),
    'its points, p95 ms': quantile(arrived, 0.95),
  }
}

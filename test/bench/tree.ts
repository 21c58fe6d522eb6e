// How long learning and scoring take and what a taught taxon costs in memory, on synthetic clusters drawn from the
// tree's own model. For comparison, in the same run: a plain product of the query with every leaf.

import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { table } from '../../api/commands/evaluation/tables.ts'
import { openProgress } from '../../api/commands/progress.ts'
import { UsageError } from '../../api/commands/usage.ts'
import { mean, quantile } from '../../classifiers/fitting/averages.ts'
import { random } from '../../classifiers/seeded-random.ts'
import { metricWeight } from '../../classifiers/statistics.ts'
import type { Example, Scores } from '../../classifiers/tree.ts'
import { gaussian } from '../support/gaussian.ts'
import { CAP_COLUMNS, CAP_ROW_COLUMNS, timeCap, timeCapRows } from './cap.ts'
import { draw, synthetic, taxonomyOf } from './clusters.ts'
import { openWorld, timeTransactions } from './learn.ts'
import { readOptions } from './measuring.ts'
import { openProduct } from './onnx-product.ts'

export const BENCH_TREE_HELP = `npm run bench -- tree [--taxa 1000,10000,100000] [--dimensions 256,1280] [--capped 2000,100000]

  Time to learn one example and to score one crop right after it (refreshed beliefs included), memory per taught taxon, and
  what the beam loses against scoring everything. For comparison: a plain product of the query with all leaves, in a loop and in
  onnxruntime, one thread each. Then the same learning with its transaction, on the embedded database with as many taxa.
  Last what the cap on strangers costs with --capped examples; its database is embedded, or the server of TEST_DATABASE_URL.
`

const EXAMPLES_PER_TAXON = 2
const QUERIES = 60
/** Of the default embedder. */
const CAP_DIMENSIONS = 1280
/** Scoring every taxon takes seconds at the largest size: fewer queries there. */
const MOST_EXHAUSTIVE_TAXA = 1_000_000

export async function benchTree(args: string[]): Promise<number> {
  const values = readOptions(args, { taxa: '1000,10000,100000', dimensions: '256,1280', capped: '2000,100000' })
  const rows: string[][] = []
  const transactions: string[][] = []
  for (const dimensions of numbers(values.dimensions)) {
    for (const taxa of numbers(values.taxa)) {
      const { row, transaction } = await bench(taxa, dimensions)
      rows.push(row)
      transactions.push([row[0]!, ...transaction])
    }
  }
  console.log(
    table(
      [
        'taxa x dimensions',
        'learn p50 ms',
        'p95 ms',
        'score p50 ms',
        'p95 ms',
        'plain product ms',
        'in onnxruntime ms',
        'KiB per taxon',
        'top-1 beam',
        'top-1 all',
        'queries',
      ],
      rows,
    ),
  )
  console.log(
    `\n${table(['one identification', 'transaction p50 ms', 'p95 ms', 'with learning p50 ms', 'p95 ms'], transactions)}`,
  )
  console.log(
    `\n${table(
      CAP_COLUMNS,
      numbers(values.capped).map((examples) => timeCap(examples, CAP_DIMENSIONS)),
    )}`,
  )
  console.log(`\n${table(CAP_ROW_COLUMNS, [await timeCapRows(CAP_DIMENSIONS)])}`)
  return 0
}

function numbers(text: string): number[] {
  const values = text.split(',').map(Number)
  if (values.some((value) => !Number.isInteger(value) || value < 1)) {
    throw new UsageError(`Expected whole numbers between commas but received ${text}.`)
  }
  return values
}

async function bench(count: number, dimensions: number): Promise<{ row: string[]; transaction: string[] }> {
  const next = random(count + dimensions)
  const statistics = synthetic(dimensions)
  const { taxa, leaves } = taxonomyOf(count)
  const prototypes = draw(taxa, statistics, gaussian(next))
  const noise = gaussian(next)
  const weight = statistics.between.map(metricWeight)
  const photo = (leaf: number): Float32Array => {
    const prototype = prototypes.get(leaf)!
    return Float32Array.from(prototype, (value, i) => (value + noise()) * weight[i]!)
  }
  const world = await openWorld(statistics, taxa)
  const before = await memory()
  const { tree } = world.live
  const progress = openProgress(count * EXAMPLES_PER_TAXON, `examples of ${count} taxa x ${dimensions}`)
  leaves.forEach((taxonId, i) => {
    for (let k = 0; k < EXAMPLES_PER_TAXON; k++) tree.add({ taxonId, group: `${taxonId}.${k}`, vector: photo(taxonId) })
    progress.update((i + 1) * EXAMPLES_PER_TAXON, '')
  })
  progress.stop()
  const kibibytes = ((await memory()) - before) / 1024 / count

  const learn: number[] = []
  const score: number[] = []
  const asked: { vector: Float32Array; taxonId: number; beam: number }[] = []
  for (let q = 0; q < QUERIES; q++) {
    const learned = leaves[Math.floor(next() * leaves.length)]!
    const taxonId = leaves[Math.floor(next() * leaves.length)]!
    const example: Example = { taxonId: learned, group: `new ${q}`, vector: photo(learned) }
    const vector = photo(taxonId)
    learn.push(timed(() => tree.add(example)).ms)
    const { ms, result } = timed(() => tree.score(vector))
    score.push(ms)
    asked.push({ vector, taxonId, beam: best(result) })
  }
  const exhaustive = asked.slice(0, Math.max(5, Math.min(QUERIES, Math.floor(MOST_EXHAUSTIVE_TAXA / count))))
  const all = exhaustive.map(({ vector }) => best(tree.score(vector, { exhaustive: true })))
  const right = (ids: number[]): number => mean(ids.map((id, q) => (id === exhaustive[q]!.taxonId ? 1 : 0)))
  const row = [
    `${count} x ${dimensions}`,
    quantile(learn, 0.5).toFixed(3),
    quantile(learn, 0.95).toFixed(3),
    quantile(score, 0.5).toFixed(2),
    quantile(score, 0.95).toFixed(2),
    plainProduct(leaves.length, dimensions).toFixed(2),
    (await onnxProduct(leaves.length, dimensions)).toFixed(2),
    kibibytes.toFixed(1),
    right(exhaustive.map(({ beam }) => beam)).toFixed(3),
    right(all).toFixed(3),
    String(exhaustive.length),
  ]
  const transaction = await timeTransactions(world, leaves)
  await world.close()
  return { row, transaction }
}

function best({ nodes, known }: Scores): number {
  let at = 0
  for (let i = 1; i < nodes.length; i++) if (known[i]! > known[at]!) at = i
  return nodes[at]!.id
}

function timed<T>(work: () => T): { ms: number; result: T } {
  const begun = performance.now()
  const result = work()
  return { ms: performance.now() - begun, result }
}

/** Bytes in use after a garbage collection, because garbage would hide small trees. */
async function memory(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  collect()
  // Memory outside the heap is released a moment later.
  await new Promise((resolve) => setTimeout(resolve, 100))
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** One query against a float32 matrix with a row per leaf, in a plain loop: the median of five. */
function plainProduct(rows: number, dimensions: number): number {
  const matrix = new Float32Array(rows * dimensions).fill(0.5)
  const query = new Float32Array(dimensions).fill(0.25)
  const out = new Float32Array(rows)
  const times = Array.from(
    { length: 5 },
    () =>
      timed(() => {
        for (let r = 0, at = 0; r < rows; r++) {
          let sum = 0
          for (let i = 0; i < dimensions; i++) sum += matrix[at++]! * query[i]!
          out[r] = sum
        }
      }).ms,
  )
  return quantile(times, 0.5)
}

/** The same in onnxruntime. */
async function onnxProduct(rows: number, dimensions: number): Promise<number> {
  const matrix = new Float32Array(rows * dimensions).fill(0.5)
  const query = new Float32Array(dimensions).fill(0.25)
  const product = await openProduct()
  const times: number[] = []
  for (let i = 0; i < 5; i++) {
    const begun = performance.now()
    await product.multiply(matrix, query)
    times.push(performance.now() - begun)
  }
  await product.close()
  return quantile(times, 0.5)
}

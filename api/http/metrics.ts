// What the process counts and measures, in the text format of Prometheus: requests, inference and learning as they
// happen, and the state of queue, tree and process when somebody asks. All times are in seconds.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What is read when somebody asks for the metrics; its members may be replaced meanwhile. */
type Watched = {
  queue: { counts(): Promise<{ waiting: number; active: number }> }
  models: { inference: { stats(): { restarts: number } } }
  learning: { treeVersion(): string; exampleCount(taxonId: null): number }
  database: { pool: { totalCount: number; idleCount: number; waitingCount: number } }
}

export type Metrics = {
  request(facts: { method: string; route: string; status: number; ms: number }): void
  /** One run of a model: how many pictures, and the time from sending them to the inference process to its answer. */
  inference(run: { task: 'detect' | 'embed'; pictures: number; ms: number }): void
  /** Lessons that this process applied to its tree. */
  lessons(count: number): void
  /** A published version: the time from reading the examples to answering with it. */
  published(ms: number): void
  /** A photo that this process has finished. */
  indexed(status: 'indexed' | 'failed'): void
  /** Adds values that are read when somebody asks. */
  watch(service: Watched): void
  contentType: string
  text(): Promise<string>
  close(): Promise<void>
}

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const INFERENCE_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
const PICTURES = [1, 2, 4, 8, 16, 32, 64]
const PUBLISH_SECONDS = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800]
/** How often the event loop is sampled. A sample is this interval plus the delay. */
const LOOP_LOOK_MS = 10

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const requests = new Histogram({
    name: 'clavis_http_request_duration_seconds',
    help: 'Requests by route and status, until the answer began',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_SECONDS,
    registers,
  })
  const batches = new Histogram({
    name: 'clavis_inference_batch_pictures',
    help: 'Pictures per run of a model',
    labelNames: ['task'],
    buckets: PICTURES,
    registers,
  })
  const runs = new Histogram({
    name: 'clavis_inference_duration_seconds',
    help: 'Runs of a model, from handing a batch to the inference process to its answer',
    labelNames: ['task'],
    buckets: INFERENCE_SECONDS,
    registers,
  })
  const lessons = new Counter({
    name: 'clavis_lessons_applied_total',
    help: 'Lessons that this process applied to its tree',
    registers,
  })
  const publishing = new Histogram({
    name: 'clavis_publish_duration_seconds',
    help: 'Publishing of tree versions by this process',
    buckets: PUBLISH_SECONDS,
    registers,
  })
  const photos = new Counter({
    name: 'clavis_photos_indexed_total',
    help: 'Photos that this process has finished, by outcome',
    labelNames: ['status'],
    registers,
  })
  const delay = monitorEventLoopDelay({ resolution: LOOP_LOOK_MS })
  delay.enable()
  addProcess(registers, delay)

  return {
    request: ({ method, route, status, ms }) => requests.observe({ method, route, status }, ms / 1000),
    inference({ task, pictures, ms }) {
      batches.observe({ task }, pictures)
      runs.observe({ task }, ms / 1000)
    },
    lessons: (count) => lessons.inc(count),
    published: (ms) => publishing.observe(ms / 1000),
    indexed: (status) => photos.inc({ status }),
    watch: (service) => addState(registers, service),
    contentType: registry.contentType,
    text: () => registry.metrics(),
    async close() {
      delay.disable()
      registry.clear()
    },
  }
}

type Registers = Registry[]

function addState(registers: Registers, service: Watched): void {
  new Gauge({
    name: 'clavis_queue_photos',
    help: 'Photos that wait to be indexed, and photos that this process works on',
    labelNames: ['state'],
    registers,
    async collect() {
      const { waiting, active } = await service.queue.counts()
      this.set({ state: 'waiting' }, waiting)
      this.set({ state: 'active' }, active)
    },
  })
  new Gauge({
    name: 'clavis_inference_restarts',
    help: 'How often the inference process ended unexpectedly and was replaced',
    registers,
    collect() {
      this.set(service.models.inference.stats().restarts)
    },
  })
  new Gauge({
    name: 'clavis_tree_version',
    help: 'The published version that this process answers with',
    registers,
    collect() {
      this.set(treeVersion(service.learning.treeVersion()).version)
    },
  })
  new Gauge({
    name: 'clavis_tree_lessons',
    help: 'Detection lessons that this process learned since that version',
    registers,
    collect() {
      this.set(treeVersion(service.learning.treeVersion()).lessons)
    },
  })
  new Gauge({
    name: 'clavis_tree_examples',
    help: 'Detections that teach the tree',
    registers,
    collect() {
      this.set(service.learning.exampleCount(null))
    },
  })
  new Gauge({
    name: 'clavis_database_connections',
    help: 'Connections of this process: open, idle among them, and requests that wait for one',
    labelNames: ['state'],
    registers,
    collect() {
      const { totalCount, idleCount, waitingCount } = service.database.pool
      this.set({ state: 'open' }, totalCount)
      this.set({ state: 'idle' }, idleCount)
      this.set({ state: 'waited_for' }, waitingCount)
    },
  })
}

/** "V.R" */
function treeVersion(text: string): { version: number; lessons: number } {
  const [version = 0, lessons = 0] = text.split('.').map(Number)
  return { version, lessons }
}

function addProcess(registers: Registers, delay: ReturnType<typeof monitorEventLoopDelay>): void {
  const names = { 0.5: 50, 0.99: 99, 1: 100 }
  new Gauge({
    name: 'clavis_event_loop_delay_seconds',
    help: 'Delay of the event loop since the last scrape',
    labelNames: ['quantile'],
    registers,
    collect() {
      for (const [quantile, percentile] of Object.entries(names))
        this.set({ quantile }, Math.max(0, delay.percentile(percentile) / 1e9 - LOOP_LOOK_MS / 1000))
      delay.reset()
    },
  })
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of this process, without the process that runs its models',
    registers,
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
  new Gauge({
    name: 'nodejs_heap_size_used_bytes',
    help: 'JavaScript heap in use',
    registers,
    collect() {
      this.set(process.memoryUsage().heapUsed)
    },
  })
  new Gauge({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of this process, user and system',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.set((user + system) / 1e6)
    },
  })
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process started, in seconds since 1970',
    registers,
    collect() {
      this.set(Date.now() / 1000 - process.uptime())
    },
  })
}

// Whether a GPU gives the answers that the processor gives, and how much quicker it is: the same photos on both.

import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import PQueue from 'p-queue'
import { UsageError } from '../../../api/commands/usage.ts'
import type { Config } from '../../../api/config.ts'
import { dot } from '../../../classifiers/vector-rows.ts'
import type { Bbox } from '../../../db/schema.ts'
import { type Analysis, analyse } from '../../../indexer/analyse.ts'
import type { Device } from '../../../indexer/inference/onnx.ts'
import { iou } from '../../../indexer/inference/yolo.ts'
import { corners } from '../../../indexer/measure-detector.ts'
import type { Models } from '../../../indexer/models/models.ts'
import { type Measured, openConfiguredModels, reportMeasured, withEmbedder } from '../measuring.ts'

export const BENCH_DEVICES_HELP = `npm run bench -- devices PHOTO... [--json FILE]

Detects and embeds the same photos on the processor and on the GPU (DEVICE_ID chooses which), and compares speed, boxes and vectors.
`

/** Photos that are analysed before the clock starts: a GPU plans its work while it sees the first ones. */
const WARM_UP = 16

export async function benchDevices(args: string[], settings: Config): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'string' } },
  })
  if (positionals.length === 0) throw new UsageError(BENCH_DEVICES_HELP)
  const photos = await Promise.all(positionals.map((file) => readFile(file)))
  // A GPU always uses the float net, so the processor is asked to do so here.
  const config = await withEmbedder({ ...settings, device: 'cuda' })
  const on = async <T>(device: Device, work: (models: Models) => Promise<T>): Promise<T> => {
    const models = await openConfiguredModels({ ...config, device })
    try {
      return await work(models)
    } finally {
      await models.close()
    }
  }
  const cpu = await on('cpu', (models) => analyseAll(photos, models))
  const boxes = cpu.analyses.map(animalBoxes)
  const gpu = await on('cuda', async (models) => ({
    ...(await analyseAll(photos, models)),
    given: (await analyseAll(photos, models, boxes)).analyses,
    alone: await oneByOne(photos, models, boxes),
  }))
  await reportMeasured(
    `Processor and GPU, ${photos.length} photos`,
    {
      embedder: config.embedder,
      threads: config.threads,
      'photos per second, processor': cpu.perSecond,
      'photos per second, GPU': gpu.perSecond,
      ...compareBoxes(cpu.analyses, gpu.analyses),
      ...compareVectors('processor and GPU', cpu.analyses, gpu.given),
      ...compareVectors('on the GPU, in a batch and alone', gpu.given, gpu.alone),
    },
    values.json,
  )
  return 0
}

const animalBoxes = ({ detections }: Analysis): Bbox[] =>
  detections.filter(({ kind }) => kind === 'animal').map(({ bbox }) => bbox)

/**
 * As indexing does: several photos at a time, so that the models run in batches. `boxes`: per photo, instead of
 * detecting.
 */
async function analyseAll(photos: readonly Buffer[], models: Models, boxes?: readonly Bbox[][]) {
  const queue = new PQueue({ concurrency: 8 * availableParallelism() })
  const one = (photo: Buffer, index: number) =>
    queue.add(() => analyse(photo, models, { crops: false, boxes: boxes?.[index] ?? [] }))
  await Promise.all(photos.slice(0, WARM_UP).map(one))
  const startedAt = performance.now()
  const analyses = await Promise.all(photos.map(one))
  return { analyses, perSecond: (photos.length / (performance.now() - startedAt)) * 1000 }
}

async function oneByOne(photos: readonly Buffer[], models: Models, boxes: readonly Bbox[][]): Promise<Analysis[]> {
  const analyses: Analysis[] = []
  for (const [index, photo] of photos.entries())
    analyses.push(await analyse(photo, models, { crops: false, boxes: boxes[index]! }))
  return analyses
}

/** Boxes of the same animal overlap by at least this much. */
const SAME_BOX_IOU = 0.9

function compareBoxes(first: readonly Analysis[], second: readonly Analysis[]): Measured {
  const boxes = first.map(({ detections }) => detections)
  const again = first.flatMap(({ detections }, photo) =>
    detections.filter(({ bbox }) =>
      second[photo]!.detections.some((other) => iou(corners(bbox), corners(other.bbox)) >= SAME_BOX_IOU),
    ),
  )
  return {
    'photos with as many boxes on both': boxes.filter((own, i) => own.length === second[i]!.detections.length).length,
    'boxes of the processor': boxes.flat().length,
    [`found by the GPU too, IoU at least ${SAME_BOX_IOU}`]: again.length,
  }
}

/** The photos were analysed with the same boxes. */
function compareVectors(what: string, first: readonly Analysis[], second: readonly Analysis[]): Measured {
  const cosines = first.flatMap(({ detections }, photo) => {
    const others = second[photo]!.detections.filter(({ embedding }) => embedding)
    return detections
      .filter(({ embedding }) => embedding)
      .map(({ embedding }, index) => dot(embedding!, others[index]!.embedding!))
  })
  return {
    [`vectors ${what}, compared`]: cosines.length,
    [`vectors ${what}, mean cosine`]: cosines.reduce((sum, value) => sum + value, 0) / cosines.length,
    [`vectors ${what}, least cosine`]: Math.min(...cosines),
  }
}

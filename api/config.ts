// The installation's settings, from environment variables, or one message that names every fault. Only this file reads
// process.env. Thresholds are not settings: they belong to a model's manifest or to the stored tree.

import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Bucket } from '../indexer/photos/photos.ts'
import { joinSentences, sentence } from './http/sentences.ts'

/** The folder that holds package.json: bundled models and the built page lie under it. */
export const PROJECT_DIR = dirname(dirname(fileURLToPath(import.meta.url)))

/** The built page. */
export const PAGE_DIR = join(PROJECT_DIR, 'web', 'dist')

const LOOPBACK = ['127.0.0.1', 'localhost', '::1']
/** Whether only this machine can reach a service that listens there. */
export const isLoopback = (host: string): boolean => LOOPBACK.includes(host)

const optional = <T extends z.ZodType>(schema: T) => z.preprocess((value) => (value === '' ? undefined : value), schema)

const port = z.coerce.number().int().min(0).max(65535)

/** Every setting, by the name of its environment variable. */
export const settingsSchema = z
  .object({
    PORT: optional(port.default(3000)),
    HOST: optional(z.string().default('127.0.0.1')),
    DATA_DIR: optional(z.string().default('./data')),
    API_TOKEN: optional(z.string().min(8).optional()),
    DATABASE_URL: optional(z.url({ protocol: /^postgres(ql)?$/ }).optional()),
    QUEUE_URL: optional(z.url({ protocol: /^rediss?$/ }).optional()),
    PHOTOS_URL: optional(z.url({ protocol: /^s3$/ }).optional()),
    S3_ENDPOINT: optional(z.url({ protocol: /^https?$/ }).optional()),
    AWS_REGION: optional(z.string().default('us-east-1')),
    DETECTOR: optional(z.string().optional()),
    DETECTOR_SIZE: optional(z.coerce.number().int().min(32).max(8192).optional()),
    EMBEDDER: optional(z.string().optional()),
    THREADS: optional(
      z.coerce
        .number()
        .int()
        .min(1)
        .max(256)
        .default(Math.max(1, availableParallelism() - 1)),
    ),
    DEVICE: optional(z.enum(['cpu', 'cuda']).default('cpu')),
    DEVICE_ID: optional(z.coerce.number().int().min(0).max(255).default(0)),
    DRAIN_SECONDS: optional(z.coerce.number().min(0).max(600).default(0)),
    STOP_SECONDS: optional(z.coerce.number().min(1).max(3600).default(30)),
    WORK_PORT: optional(port.optional()),
    MAX_PHOTO_BYTES: optional(z.coerce.number().int().min(1000).max(2_000_000_000).default(64_000_000)),
    MAX_VIDEO_BYTES: optional(z.coerce.number().int().min(1000).max(100_000_000_000).default(2_000_000_000)),
    VIDEO_FRAMES_PER_SECOND: optional(z.coerce.number().min(0.1).max(10).default(1)),
    FFMPEG: optional(z.string().default('ffmpeg')),
    ALLOWED_HOSTS: optional(z.string().default('')),
    OIDC_ISSUER: optional(z.url({ protocol: /^https?$/ }).optional()),
    OIDC_CLIENT_ID: optional(z.string().optional()),
    OIDC_CLIENT_SECRET: optional(z.string().optional()),
    OIDC_NAME: optional(z.string().max(60).default('single sign-on')),
    LOG_LEVEL: optional(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info')),
  })
  .superRefine((value, context) => {
    if (value.QUEUE_URL !== undefined && value.DATABASE_URL === undefined)
      context.addIssue({
        code: 'custom',
        path: ['QUEUE_URL'],
        message:
          'Expected DATABASE_URL to be set when QUEUE_URL is: processes that share a queue must share a database too.',
      })
    if ((value.OIDC_ISSUER === undefined) !== (value.OIDC_CLIENT_ID === undefined))
      context.addIssue({
        code: 'custom',
        path: ['OIDC_ISSUER'],
        message: 'Expected OIDC_ISSUER and OIDC_CLIENT_ID to be set together.',
      })
    if (value.S3_ENDPOINT !== undefined && value.PHOTOS_URL === undefined)
      context.addIssue({
        code: 'custom',
        path: ['S3_ENDPOINT'],
        message:
          'Expected PHOTOS_URL to be set when S3_ENDPOINT is: s3://BUCKET or s3://BUCKET/PREFIX names the place on that server.',
      })
  })

export type Config = {
  port: number
  host: string
  /** Absolute path of the folder that holds database, photos, crops and added models. */
  dataDir: string
  apiToken: string | null
  /** 'file:DIR' of the embedded database or 'postgres://…'. */
  databaseUrl: string
  /** 'redis://…', or null for the queue inside this process. */
  queueUrl: string | null
  /** Where photos are kept; null: in the data folder. */
  bucket: Bucket | null
  /** Names of models; null leaves the choice to `npm run models -- use NAME`, then to the bundled ones. */
  detector: string | null
  /** Side of the detector's input in pixels; null: the size that was chosen with the detector, or else its own. */
  detectorSize: number | null
  embedder: string | null
  threads: number
  device: 'cpu' | 'cuda'
  /** Which of several devices of that kind, in CUDA's numbering. */
  deviceId: number
  /** How long after the signal to stop the service answers as before, except that it is not ready. */
  drainSeconds: number
  /** How long requests and photos under way may take after that. */
  stopSeconds: number
  /** Where a worker answers /healthz, /readyz and /metrics; null: nowhere. */
  workPort: number | null
  maxPhotoBytes: number
  maxVideoBytes: number
  /** How many pictures of a video are looked at. */
  videoFramesPerSecond: number
  /** The program that reads videos: a name to be found on the PATH, or a path. */
  ffmpeg: string
  /** Host names besides the machine's own under which this service may be addressed. */
  allowedHosts: string[]
  /** Another service through which people may sign in; null: none. */
  oidc: { issuer: string; clientId: string; clientSecret: string | undefined; name: string } | null
  logLevel: string
}

/** The message names every fault, one per line. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * For libraries that this process and its children load. NVIDIA's would round float32 to 10 bits for speed, so that
 * answers would differ from a CPU's. A value that the environment sets is left as it is.
 */
export function setLibraryDefaults(): void {
  process.env.NVIDIA_TF32_OVERRIDE ??= '0'
}

/** Reads the settings; `env` is the process environment unless a test says otherwise. Throws ConfigError. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const result = settingsSchema.safeParse(env)
  if (!result.success) throw new ConfigError(joinSentences(result.error.issues.map((issue) => sentence(issue, env))))
  const value = result.data
  const dataDir = resolve(value.DATA_DIR)
  return {
    port: value.PORT,
    host: value.HOST,
    dataDir,
    apiToken: value.API_TOKEN ?? null,
    databaseUrl: value.DATABASE_URL ?? `file:${join(dataDir, 'database')}`,
    queueUrl: value.QUEUE_URL ?? null,
    bucket: value.PHOTOS_URL === undefined ? null : readBucket(value.PHOTOS_URL, value),
    detector: value.DETECTOR ?? null,
    detectorSize: value.DETECTOR_SIZE ?? null,
    embedder: value.EMBEDDER ?? null,
    threads: value.THREADS,
    device: value.DEVICE,
    deviceId: value.DEVICE_ID,
    drainSeconds: value.DRAIN_SECONDS,
    stopSeconds: value.STOP_SECONDS,
    workPort: value.WORK_PORT ?? null,
    maxPhotoBytes: value.MAX_PHOTO_BYTES,
    maxVideoBytes: value.MAX_VIDEO_BYTES,
    videoFramesPerSecond: value.VIDEO_FRAMES_PER_SECOND,
    ffmpeg: value.FFMPEG,
    allowedHosts: value.ALLOWED_HOSTS.split(',')
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== ''),
    oidc:
      value.OIDC_ISSUER === undefined || value.OIDC_CLIENT_ID === undefined
        ? null
        : {
            issuer: value.OIDC_ISSUER,
            clientId: value.OIDC_CLIENT_ID,
            clientSecret: value.OIDC_CLIENT_SECRET,
            name: value.OIDC_NAME,
          },
    logLevel: value.LOG_LEVEL,
  }
}

function readBucket(url: string, { S3_ENDPOINT, AWS_REGION }: { S3_ENDPOINT?: string; AWS_REGION: string }): Bucket {
  const { hostname, pathname } = new URL(url)
  const folders = pathname.split('/').filter((part) => part !== '')
  return {
    name: hostname,
    prefix: folders.map((folder) => `${folder}/`).join(''),
    endpoint: S3_ENDPOINT ?? null,
    region: AWS_REGION,
  }
}

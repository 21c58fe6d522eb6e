// Pictures of a video, made by ffmpeg in a process of its own. What a hostile file may do is limited: it is read as the
// container that its first bytes say and as nothing that leads to other files, for a while, into a folder of a bounded
// size. The process is killed where it takes too long, and with this one.

import { spawn } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DecodeError, UnsupportedType } from '../../errors.ts'

/** As ffmpeg calls the container. */
export type VideoType = 'mov' | 'avi' | 'matroska'
export type VideoOptions = {
  /** The program: a name to be found on the PATH, or a path. */
  ffmpeg: string
  framesPerSecond: number
  deadlineMs?: number
  maxBytes?: number
  maxFrames?: number
}
export type Frame = { file: string; atMs: number }
export type Frames = {
  frames: Frame[]
  /** When it was begun, as the camera wrote it: "2024-05-01 06:13:22"; null where it says nothing. */
  begunAt: string | null
}

const DEADLINE_MS = 120_000
/** Of all pictures together. */
const MAX_BYTES = 1_000_000_000
/** Ten minutes at one a second; what comes later is not looked at. */
const MAX_FRAMES = 600
/** Longer side; more helps neither detector nor crops of animals near enough to be named. */
const MAX_SIDE_PX = 1920
const MAX_PIXELS = 64_000_000
const WATCH_MS = 500
const MAX_LOG = 65_536

export const NO_FFMPEG =
  'This is a video. To read videos, install ffmpeg on the machine of the service (Debian, Ubuntu: apt-get install ffmpeg; macOS: brew install ffmpeg; Windows: winget install ffmpeg), start the service again, and import the video again.'

/** By its first bytes; null for what is no video of these kinds. */
export function videoTypeOf(head: Uint8Array): VideoType | null {
  const text = (start: number, end: number) => Buffer.from(head.subarray(start, end)).toString('latin1')
  if (text(0, 4) === '\x1aE\xdf\xa3') return 'matroska'
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'AVI ') return 'avi'
  // Photos of the same family (HEIC, AVIF, CR3) begin alike.
  if (text(4, 8) === 'ftyp') return /^(avi[fs]|crx|hei[cxms]|hev[cxms]|mif1|msf1)/.test(text(8, 12)) ? null : 'mov'
  return ['moov', 'mdat', 'wide', 'skip', 'free'].includes(text(4, 8)) ? 'mov' : null
}

/** Writes JPEGs into `folder`. Throws UnsupportedType where ffmpeg is missing, or DecodeError. */
export async function readFrames(
  video: string,
  type: VideoType,
  folder: string,
  options: VideoOptions,
): Promise<Frames> {
  const { framesPerSecond, maxFrames = MAX_FRAMES, deadlineMs = DEADLINE_MS } = options
  const args = [
    ...['-nostdin', '-hide_banner', '-nostats', '-max_alloc', '1000000000'],
    ...['-protocol_whitelist', 'file', '-threads', '1', '-max_pixels', String(MAX_PIXELS), '-f', type],
    ...['-i', `file:${resolve(video)}`, '-map', '0:v:0', '-an', '-sn', '-dn', '-map_metadata', '-1'],
    ...['-vf', `fps=${framesPerSecond},scale='min(${MAX_SIDE_PX},iw)':-2`, '-frames:v', String(maxFrames)],
    ...['-threads', '1', '-q:v', '3', '-f', 'image2', join(folder, '%06d.jpg')],
  ]
  const { code, log, stopped } = await runFfmpeg(options.ffmpeg, args, folder, {
    deadlineMs,
    maxBytes: options.maxBytes ?? MAX_BYTES,
  })
  if (stopped === 'late')
    throw new DecodeError(`Reading the video took longer than ${deadlineMs / 1000} s and was stopped. Cut it shorter.`)
  if (stopped === 'large') throw new DecodeError('The pictures of the video take more room than they may.')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.jpg')).sort()
  if (files.length === 0) {
    const last = log.trim().split('\n').at(-1) ?? ''
    throw new DecodeError(
      `The video is damaged: no picture can be read from it (${last || `ffmpeg ended with ${code}`}).`,
    )
  }
  const frames = files.map((name, i) => ({ file: join(folder, name), atMs: Math.round((i * 1000) / framesPerSecond) }))
  return { frames, begunAt: begunAtOf(log) }
}

type Run = { code: number | null; log: string; stopped: 'late' | 'large' | null }

function runFfmpeg(
  program: string,
  args: string[],
  folder: string,
  { deadlineMs, maxBytes }: { deadlineMs: number; maxBytes: number },
): Promise<Run> {
  return new Promise((done, reject) => {
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
    let log = ''
    let stopped: Run['stopped'] = null
    const stop = (why: Run['stopped']) => {
      stopped ??= why
      child.kill('SIGKILL')
    }
    const killAtExit = () => child.kill('SIGKILL')
    process.once('exit', killAtExit)
    const deadline = setTimeout(() => stop('late'), deadlineMs)
    const watch = setInterval(() => {
      void sizeOf(folder).then((bytes) => bytes > maxBytes && stop('large'))
    }, WATCH_MS)
    const over = () => {
      clearTimeout(deadline)
      clearInterval(watch)
      process.off('exit', killAtExit)
    }
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      // The beginning says what the file is, the end what went wrong.
      log = log.length < MAX_LOG ? log + text : log.slice(0, MAX_LOG / 2) + (log + text).slice(-MAX_LOG / 2)
    })
    child.once('error', (error: NodeJS.ErrnoException) => {
      over()
      reject(['ENOENT', 'EACCES'].includes(error.code ?? '') ? new UnsupportedType('video', NO_FFMPEG) : error)
    })
    child.once('close', (code) => {
      over()
      done({ code, log, stopped })
    })
  })
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  const sizes = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => null)))
  return sizes.reduce((sum, one) => sum + (one?.size ?? 0), 0)
}

/** Phones write the time with their zone, cameras that of their clock; both stand for the clock at the place. */
function begunAtOf(log: string): string | null {
  const found =
    /com\.apple\.quicktime\.creationdate\s*:\s*(\S+)/.exec(log)?.[1] ?? /creation_time\s*:\s*(\S+)/i.exec(log)?.[1]
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(found ?? '') ?? []
  // Cameras whose clock was never set write the beginning of their format's time, 1904 or 1970.
  if (day === undefined || time === undefined || day < '1990' || Number.isNaN(Date.parse(`${day}T${time}Z`)))
    return null
  return `${day} ${time}`
}

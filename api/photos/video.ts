// A video on its way in: its best pictures become photos of one sequence, named after the video and the time in it. The
// video itself is not kept.

import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { asStorageError } from '../../indexer/photos/storage-error.ts'
import { bestFrames, scoreFrames } from '../../indexer/photos/video/best-frames.ts'
import { readFrames, type VideoType, videoTypeOf } from '../../indexer/photos/video/frames.ts'
import type { Service } from '../service.ts'

/**
 * `atMs`: since the beginning of the video. `capturedAt`: "2024-05-01 06:13:22", or null where the video says nothing.
 */
export type VideoPhoto = { bytes: Buffer; atMs: number; capturedAt: string | null }

const isVideoName = /\.(mp4|m4v|mov|avi|mkv)$/i
/** Whether a file may be as large as a video. */
export const isVideo = ({ filename }: { filename: string }): boolean => isVideoName.test(filename)

const HEAD_BYTES = 64

/** Null where the file is no video. */
export async function videoTypeOfFile(path: string): Promise<VideoType | null> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return videoTypeOf(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

/** Throws UnsupportedType where ffmpeg is missing, DecodeError, ModelError or StorageError. */
export async function photosOfVideo(
  { config, models }: Pick<Service, 'config' | 'models'>,
  path: string,
  type: VideoType,
): Promise<VideoPhoto[]> {
  const { ffmpeg, videoFramesPerSecond: framesPerSecond, dataDir } = config
  const folder = join(dataDir, 'photos', 'incoming', `frames-${randomUUID()}`)
  try {
    await asStorageError('store', () => mkdir(folder, { recursive: true, mode: 0o700 }))
    const { frames, begunAt } = await readFrames(path, type, folder, { ffmpeg, framesPerSecond })
    const best = bestFrames(await scoreFrames(frames, models.detector))
    return await Promise.all(
      best.map(async ({ file, atMs }) => ({
        bytes: await readFile(file),
        atMs,
        capturedAt: begunAt && later(begunAt, atMs),
      })),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function later(begunAt: string, ms: number): string {
  const at = new Date(Date.parse(`${begunAt.replace(' ', 'T')}Z`) + ms)
  return at.toISOString().slice(0, 19).replace('T', ' ')
}

/** "trap/CLIP.mp4 at 1m05s.jpg" */
export function frameName(video: string, atMs: number): string {
  const seconds = Math.round(atMs / 1000)
  return `${video} at ${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s.jpg`
}

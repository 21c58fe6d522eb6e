// Files of a request as they come from the disk: photos are stored, a zip is the folder that it was packed from, and
// the best pictures of a video become photos.

import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { findByName } from '../../db/taxonomy/paths.ts'
import { sha256Of } from '../../indexer/analyse.ts'
import { DecodeError, ModelError, StorageError, UnsupportedType } from '../../indexer/errors.ts'
import { type FileFacts, readPhotoFacts } from '../../indexer/photos/metadata.ts'
import type { VideoType } from '../../indexer/photos/video/frames.ts'
import { type FolderFacts, type PhotoFacts, photoFactsSchema } from '../contract/exchange/import.ts'
import type { MediaItem } from '../contract/media.ts'
import type { IncomingFile } from '../http/bodies/multipart.ts'
import { createGate, type Gate } from '../http/load/gate.ts'
import { joinSentences, sentence } from '../http/sentences.ts'
import type { Service } from '../service.ts'
import { upTo, withIncoming } from './incoming.ts'
import { factsOfFolders, folderWords } from './labels/folder-labels.ts'
import type { PhotoFiles } from './photo-files.ts'
import { isVideo, photosOfVideo, type VideoPhoto, videoTypeOfFile } from './video.ts'
import { isZip, unpackFile, type ZippedFile, zipRoot } from './zip.ts'

/**
 * `folders`: for a file from a zip, what its folders there say. `of`: which of the request's files it comes from.
 * `frame`: the picture of a video that it is.
 */
export type Received = { filename: string; of: number; folders?: FolderFacts } & (
  | { sha256: string; bytes: number; file: FileFacts; frame?: Pick<VideoPhoto, 'atMs'> }
  | { failure: NonNullable<MediaItem['failure']> }
)

/** Reading one keeps a core busy for seconds to minutes. */
const VIDEOS = { running: 1, waiting: Number.POSITIVE_INFINITY, retryAfterSeconds: 10 }

export type FileReceiver = (file: IncomingFile, of: number, own: Set<string>, leave: LeaveOut) => Promise<Received[]>

/** `leave` is told of what a zip holds and systems keep for themselves. */
export type LeaveOut = (path: string) => void

/** Each file takes a place in the gate only when it is complete. */
export function openFileReceiver(service: Service, files: PhotoFiles, working: Gate): FileReceiver {
  const videos = createGate(VIDEOS)
  const { maxPhotoBytes, maxVideoBytes, dataDir } = service.config

  const failed = (filename: string, of: number, message: string): Received => ({
    filename,
    of,
    failure: { stage: 'read', message },
  })
  const tooBig = (filename: string, of: number) =>
    failed(filename, of, `The photo is bigger than ${maxPhotoBytes} bytes. MAX_PHOTO_BYTES sets the limit.`)

  const store = async (filename: string, of: number, bytes: Buffer, own: Set<string>): Promise<Received> => {
    try {
      const file = readPhotoFacts(bytes)
      const sha256 = sha256Of(bytes)
      await files.put(sha256, bytes, own)
      return { filename, of, sha256, bytes: bytes.length, file }
    } catch (error) {
      return { filename, of, failure: failureOf(error) }
    }
  }

  const receiveVideo = async (
    filename: string,
    of: number,
    path: string,
    type: VideoType,
    own: Set<string>,
  ): Promise<Received[]> => {
    try {
      const received: Received[] = []
      for (const { bytes, atMs, capturedAt } of await photosOfVideo(service, path, type)) {
        const stored = await store(filename, of, bytes, own)
        if ('failure' in stored) received.push(stored)
        else
          received.push({
            ...stored,
            frame: { atMs },
            file: { ...stored.file, capturedAt, capturedRaw: capturedAt?.replaceAll('-', ':') ?? null },
          })
      }
      return received
    } catch (error) {
      return [{ filename, of, failure: failureOf(error) }]
    }
  }

  const receiveOne = async (filename: string, of: number, path: string, own: Set<string>): Promise<Received[]> => {
    const type = await videoTypeOfFile(path)
    const { size } = await stat(path)
    if (type !== null) {
      if (size <= maxVideoBytes) return await videos.run(() => receiveVideo(filename, of, path, type, own))
      return [failed(filename, of, `The video is bigger than ${maxVideoBytes} bytes. MAX_VIDEO_BYTES sets the limit.`)]
    }
    if (size > maxPhotoBytes) return [tooBig(filename, of)]
    return await working.run(async () => [await store(filename, of, await readFile(path), own)])
  }

  const receiveZip = async (
    { filename, stream }: IncomingFile,
    of: number,
    path: string,
    own: Set<string>,
    leave: LeaveOut,
  ): Promise<Received[]> => {
    const received: Received[] = []
    const known = new Map<string, boolean>()
    const take = async (file: ZippedFile) => {
      for (const words of [zipRoot(filename), ...file.folders].map(folderWords))
        if (words !== '' && !known.has(words)) known.set(words, (await findByName(service.db, words)).length > 0)
      // A zip is read file by file, so nobody knows whether a person sorted "blank" beside folders of species.
      const { empty: _, ...folders } = factsOfFolders(
        zipRoot(filename),
        file.folders,
        'guess',
        (words) => known.get(words) ?? false,
      )
      const problem = file.problem ?? faultOfNames({ path: file.path, ...folders })
      if (problem !== null) received.push(failed(shortened(file.path), of, problem))
      else if (file.bytes === null) received.push({ ...tooBig(file.path, of), folders })
      else received.push({ ...(await store(file.path, of, file.bytes, own)), folders })
    }
    await unpackFile(path, stream.truncated === true, { maxFileBytes: maxPhotoBytes }, take, leave)
    return received
  }

  return async (file, of, own, leave) => {
    const zipped = isZip(file)
    const most = isVideo(file) ? maxVideoBytes : maxPhotoBytes
    return await withIncoming(
      zipped ? file.stream : upTo(file.stream, most),
      join(dataDir, 'photos', 'incoming'),
      async (path) =>
        zipped
          ? await working.run(() => receiveZip(file, of, path, own, leave))
          : await receiveOne(file.filename, of, path, own),
    )
  }
}

/** Rethrows what is not the file's fault. */
function failureOf(error: unknown): NonNullable<MediaItem['failure']> {
  const isOwn =
    error instanceof UnsupportedType ||
    error instanceof StorageError ||
    error instanceof DecodeError ||
    (error instanceof ModelError && error.stage !== 'open')
  if (!isOwn) throw error
  return { stage: error.stage === 'open' ? 'detect' : error.stage, message: error.message }
}

/** Why no row can hold what a zip calls a file and its folders; null where one can. */
function faultOfNames(facts: PhotoFacts): string | null {
  const { error } = photoFactsSchema.safeParse(facts)
  return error ? joinSentences(error.issues.map((issue) => sentence(issue, facts))) : null
}

/** A name that is too long or holds what no text may hold, as it can be shown. */
const shortened = (path: string) => path.replace(/\p{Cc}/gu, '').slice(-1000)

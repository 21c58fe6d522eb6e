// The files of photos that requests bring, while their rows are not written yet. A photo that gets no row, because its
// request was interrupted or refused, leaves nothing behind, and no request removes a file that another one still
// needs.

import { findMedia } from '../../db/photos/media.ts'
import { createTurns } from '../http/load/turns.ts'
import type { Service } from '../service.ts'

export type PhotoFiles = {
  /** Writes a photo's file for a request, whose photos are in `own`. */
  put(sha256: string, bytes: Buffer, own: Set<string>): Promise<void>
  /** The request has ended: files of its photos without a row are removed. */
  release(own: Set<string>): Promise<void>
  /** Removes a photo's file, unless a row or a request under way needs it. */
  forget(sha256: string): Promise<void>
}

export function openPhotoFiles({ db, photos }: Pick<Service, 'db' | 'photos'>): PhotoFiles {
  /** How many requests under way hold each photo. */
  const holders = new Map<string, number>()
  /** Writing and removing one photo's file never overlap. */
  const inTurn = createTurns()

  const forget = (sha256: string) =>
    inTurn(sha256, async () => {
      if (holders.has(sha256) || (await findMedia(db, [sha256])).size > 0 || holders.has(sha256)) return
      await photos.delete(sha256)
    })

  return {
    forget,
    async put(sha256, bytes, own) {
      if (!own.has(sha256)) holders.set(sha256, (holders.get(sha256) ?? 0) + 1)
      own.add(sha256)
      await inTurn(sha256, () => photos.put(sha256, bytes))
    },
    async release(own) {
      for (const sha256 of own) {
        const others = (holders.get(sha256) ?? 1) - 1
        if (others > 0) holders.set(sha256, others)
        else holders.delete(sha256)
        await forget(sha256)
      }
    },
  }
}

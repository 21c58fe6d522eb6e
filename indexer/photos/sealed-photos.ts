// Photos that are checked whenever they are read: a photo by its name, which is the sha256 of its bytes, and a crop or
// a scaled photo by the seal inside it. What was overwritten is never given out: a photo is an error that says what to
// do, and a crop counts as missing, so that it is made again.

import { createHash } from 'node:crypto'
import { StorageError } from '../errors.ts'
import { cropName, photoName, scaledName } from './file-names.ts'
import type { Photos } from './photos.ts'

/** The code of a photo whose file was overwritten. */
export const DAMAGED = 'EDAMAGED'
const SENTENCE =
  'The file is damaged: its bytes are not those that were uploaded. Upload the photo again, or restore the file from a backup.'

const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()

/** A JPEG's comment, which every viewer skips, holds the sha256 of all other bytes. It follows the first two. */
const COMMENT = Buffer.concat([Buffer.from([0xff, 0xfe, 0x00, 2 + 7 + 32]), Buffer.from('sha256:')])
const AT = 2
const SEAL_BYTES = COMMENT.length + 32

export const sealed = (jpeg: Uint8Array): Buffer =>
  Buffer.concat([jpeg.subarray(0, AT), COMMENT, sha256Of(jpeg), jpeg.subarray(AT)])

/** What was sealed; null where there is no seal, or where it is broken. */
export function unsealed(bytes: Buffer): Buffer | null {
  const end = AT + SEAL_BYTES
  if (!bytes.subarray(AT, AT + COMMENT.length).equals(COMMENT)) return null
  const jpeg = Buffer.concat([bytes.subarray(0, AT), bytes.subarray(end)])
  return sha256Of(jpeg).equals(bytes.subarray(AT + COMMENT.length, end)) ? jpeg : null
}

/** `onDamaged` is told the name of each file that was overwritten, or is not whole. */
export function sealPhotos(photos: Photos, onDamaged: (name: string) => void = () => {}): Photos {
  const isWhole = (sha256: string, bytes: Buffer) => sha256Of(bytes).toString('hex') === sha256
  const open = (name: string, bytes: Buffer | null) => {
    const jpeg = bytes && unsealed(bytes)
    if (bytes !== null && jpeg === null) onDamaged(name)
    return jpeg
  }
  return {
    ...photos,
    async put(sha256, bytes) {
      if (await photos.put(sha256, bytes)) return true
      if (isWhole(sha256, await photos.get(sha256))) return false
      onDamaged(photoName(sha256))
      await photos.delete(sha256)
      return await photos.put(sha256, bytes)
    },
    async get(sha256) {
      const bytes = await photos.get(sha256)
      if (isWhole(sha256, bytes)) return bytes
      onDamaged(photoName(sha256))
      throw new StorageError('read', DAMAGED, SENTENCE)
    },
    putCrop: (id, jpeg) => photos.putCrop(id, sealed(jpeg)),
    getCrop: async (id) => open(cropName(id), await photos.getCrop(id)),
    putScaled: (sha256, width, jpeg) => photos.putScaled(sha256, width, sealed(jpeg)),
    getScaled: async (sha256, width) => open(scaledName(sha256, width), await photos.getScaled(sha256, width)),
  }
}

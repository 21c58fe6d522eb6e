// A photo without what its file says besides the picture: where it was taken, for example.

import sharp from 'sharp'

/** Upright, in the same format; null where that format cannot be written. */
export async function withoutPlace(bytes: Uint8Array): Promise<Buffer | null> {
  try {
    return await sharp(bytes).autoOrient().jpeg({ quality: 95, force: false }).toBuffer()
  } catch {
    return null
  }
}

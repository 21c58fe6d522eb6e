// The bytes of one photo in a request: as the body itself, or as a file of a multipart body.

import { Problem } from '../problem.ts'
import { multipartOf, readMultipart } from './multipart.ts'

/** A Content-Type without its parameters, in lower case. */
export const mediaTypeOf = (contentType: string | null) => (contentType ?? '').split(';')[0]!.trim().toLowerCase()

/** Throws a Problem: 400 without a photo, 413 for more than `maxBytes`, 415 for another type, 422 for an empty body. */
export async function readPhoto(contentType: string | null, body: ArrayBuffer, maxBytes: number): Promise<Uint8Array> {
  const type = mediaTypeOf(contentType)
  const tooBig = () =>
    new Problem(413, `Expected a photo of at most ${maxBytes} bytes. MAX_PHOTO_BYTES sets the limit.`)
  if (type === 'multipart/form-data') return await readPhotoField(contentType, body, maxBytes, tooBig)
  if (!type.startsWith('image/') && type !== 'application/octet-stream')
    throw new Problem(
      415,
      `Expected a photo (image/*, application/octet-stream or multipart/form-data) or JSON but received ${type || 'no Content-Type'}.`,
    )
  if (body.byteLength > maxBytes) throw tooBig()
  if (body.byteLength === 0) throw new Problem(422, 'Expected the bytes of a photo but received none.')
  return new Uint8Array(body)
}

async function readPhotoField(
  contentType: string | null,
  body: ArrayBuffer,
  maxBytes: number,
  tooBig: () => Problem,
): Promise<Uint8Array> {
  let photo: Uint8Array | null = null
  const limits = { maxFileBytes: maxBytes, maxFiles: 1, maxFieldBytes: 10_000 }
  await readMultipart(multipartOf(contentType, body), limits, async (file) => {
    const bytes = await collect(file.stream)
    if (file.stream.truncated) throw tooBig()
    if (file.field === 'photo') photo = bytes
  })
  if (photo === null) throw new Problem(400, 'Expected one file in the field photo but received none.')
  return photo
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of chunks) parts.push(part)
  return Buffer.concat(parts)
}

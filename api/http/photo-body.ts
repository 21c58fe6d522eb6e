// The bytes of one photo in a request: as the body itself, or as a file of a multipart body.

import { readMultipart } from './multipart.ts'
import { Problem } from './problem.ts'

/** A Content-Type without its parameters, in lower case. */
export const mediaTypeOf = (contentType: string | null) => (contentType ?? '').split(';')[0]!.trim().toLowerCase()

/** Throws a Problem: 400 without a photo, 413 for more than `maxBytes`, 415 for another type, 422 for an empty body. */
export async function readPhoto(request: Request, maxBytes: number): Promise<Uint8Array> {
  const type = mediaTypeOf(request.headers.get('content-type'))
  const tooBig = () =>
    new Problem(413, `Expected a photo of at most ${maxBytes} bytes. MAX_PHOTO_BYTES sets the limit.`)
  if (type === 'multipart/form-data') return await readPhotoField(request, maxBytes, tooBig)
  if (!type.startsWith('image/') && type !== 'application/octet-stream')
    throw new Problem(
      415,
      `Expected a photo (image/*, application/octet-stream or multipart/form-data) or JSON but received ${type || 'no Content-Type'}.`,
    )
  const length = request.headers.get('content-length')
  if (Number(length ?? 0) > maxBytes) throw tooBig()
  // No more than the stated length can come, so it is read in one piece: that takes half the time for a camera's photo.
  if (length !== null) return new Uint8Array(await request.arrayBuffer())
  if (request.body === null) throw new Problem(422, 'Expected the bytes of a photo but received none.')
  let size = 0
  const limited = async function* (body: AsyncIterable<Uint8Array>) {
    for await (const chunk of body) {
      size += chunk.length
      if (size > maxBytes) throw tooBig()
      yield chunk
    }
  }
  // Node's ReadableStream can be iterated; the DOM's type does not say so.
  return await collect(limited(request.body as unknown as AsyncIterable<Uint8Array>))
}

async function readPhotoField(request: Request, maxBytes: number, tooBig: () => Problem): Promise<Uint8Array> {
  let photo: Uint8Array | null = null
  await readMultipart(request, { maxFileBytes: maxBytes, maxFiles: 1, maxFieldBytes: 10_000 }, async (file) => {
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

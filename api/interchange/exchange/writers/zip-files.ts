// Files as one zip, streamed: only photos, which are not compressed, are held whole.

import { strToU8, Zip, ZipDeflate, ZipPassThrough } from 'fflate'
import type { WrittenFile } from './writer.ts'

export async function* zipFiles(files: AsyncIterable<WrittenFile>): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = []
  let fault: Error | null = null
  const zip = new Zip((error, part) => {
    if (error) fault = error
    else ready.push(part)
  })
  function* taken() {
    if (fault !== null) throw fault
    const parts = ready
    ready = []
    yield* parts
  }
  for await (const { path, content } of files) {
    if (content instanceof Promise) {
      const bytes = await content
      if (bytes === null) continue
      const file = new ZipPassThrough(path)
      zip.add(file)
      file.push(bytes, true)
    } else {
      const file = new ZipDeflate(path, { level: 6 })
      zip.add(file)
      for await (const text of content) {
        file.push(strToU8(text))
        yield* taken()
      }
      file.push(new Uint8Array(0), true)
    }
    yield* taken()
  }
  zip.end()
  yield* taken()
}

/** The bytes of one file of text. */
export async function* bytesOfFiles(files: AsyncIterable<WrittenFile>): AsyncGenerator<Uint8Array> {
  for await (const { content } of files) {
    if (content instanceof Promise) yield (await content) ?? new Uint8Array()
    else for await (const text of content) yield strToU8(text)
  }
}

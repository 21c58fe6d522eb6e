// An answer that is written while it is sent. Its beginning is made first: a fault there is told as a problem, while
// one in the middle can only break the answer off.

import { ReadableStream as NodeStream } from 'node:stream/web'

export async function streamOf(chunks: AsyncIterable<Uint8Array | string>): Promise<ReadableStream> {
  const iterator = chunks[Symbol.asyncIterator]()
  const first = await iterator.next()
  const encoder = new TextEncoder()
  async function* whole() {
    let next = first
    try {
      for (; !next.done; next = await iterator.next())
        yield typeof next.value === 'string' ? encoder.encode(next.value) : next.value
    } finally {
      // A reader who leaves early ends the work; where it has ended already this does nothing.
      await iterator.return?.()
    }
  }
  // Node's and the web's ReadableStream are one class at run time; their types differ.
  return NodeStream.from(whole()) as ReadableStream
}

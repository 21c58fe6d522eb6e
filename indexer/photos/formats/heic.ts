// HEIC photos, as phones write them, by libheif compiled to WebAssembly. It runs in a thread of its own, which is ended
// where it takes too long, because decoding blocks the thread that it runs in for a second and more.

import { startTypeScriptThread } from '../../../db/connection/typescript-thread.ts'
import { DecodeError, UnsupportedType } from '../../errors.ts'
import type { HeicAnswer, HeicPicture } from './heic-worker.ts'

const DEADLINE_MS = 20_000
/** A thread that decodes 48 megapixels takes about this much memory. */
const THREAD_BYTES = 500_000_000

/** `withinBudget`: waits for memory. Throws UnsupportedType or DecodeError. */
export async function decodeHeic(
  bytes: Uint8Array,
  withinBudget: <T>(bytes: number, work: () => Promise<T>) => Promise<T>,
): Promise<HeicPicture> {
  const answer = await withinBudget(THREAD_BYTES, () => ask(bytes))
  if ('picture' in answer) return answer.picture
  if (answer.late)
    throw new DecodeError(`Decoding the HEIC photo took longer than ${DEADLINE_MS / 1000} s and was stopped.`)
  throw new UnsupportedType(
    'heic',
    `Damaged or unusual HEIC photos cannot be read here. Export them as JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible). The decoder says: ${answer.fault}.`,
  )
}

function ask(bytes: Uint8Array): Promise<HeicAnswer | { fault: string; late: boolean }> {
  return new Promise((resolve) => {
    const worker = startTypeScriptThread(new URL('./heic-worker.ts', import.meta.url).href, bytes)
    const settle = (answer: HeicAnswer | { fault: string; late: boolean }) => {
      clearTimeout(deadline)
      resolve(answer)
      void worker.terminate()
    }
    const deadline = setTimeout(() => settle({ fault: '', late: true }), DEADLINE_MS)
    worker.once('message', (answer: HeicAnswer) => settle(answer))
    worker.once('error', (error: Error) => settle({ fault: error.message, late: false }))
    worker.once('exit', () => settle({ fault: 'the decoder ended', late: false }))
  })
}

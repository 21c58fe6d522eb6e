// The thread of heic.ts: answers with the pixels of the main picture of one HEIC file.

import { parentPort, workerData } from 'node:worker_threads'
import libheif from 'libheif-js/wasm-bundle.js'

/** RGBA, upright. */
export type HeicPicture = { width: number; height: number; data: Uint8Array }
export type HeicAnswer = { picture: HeicPicture } | { fault: string; late: false }

const MAX_PIXELS = 100_000_000

async function decode(bytes: Uint8Array): Promise<HeicPicture> {
  const images = new libheif.HeifDecoder().decode(bytes)
  const image = images.find((one) => one.is_primary()) ?? images[0]
  if (!image) throw new Error('it holds no picture')
  const [width, height] = [image.get_width(), image.get_height()]
  if (width * height > MAX_PIXELS) throw new Error(`${width} x ${height} pixels are too many`)
  const data = new Uint8ClampedArray(width * height * 4)
  await new Promise<void>((resolve, reject) => {
    image.display({ data, width, height }, (shown) => (shown ? resolve() : reject(new Error('its picture is damaged'))))
  })
  return { width, height, data: new Uint8Array(data.buffer) }
}

const answer: HeicAnswer = await decode(workerData).then(
  (picture) => ({ picture }),
  (error: Error) => ({ fault: error.message, late: false }),
)
parentPort!.postMessage(answer, 'picture' in answer ? [answer.picture.data.buffer as ArrayBuffer] : [])

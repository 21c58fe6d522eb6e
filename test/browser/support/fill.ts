// Sends photos to a running service over its API and returns when all are indexed and learned.

import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { askAt, posting } from './api.ts'

/** With `boxes` the detector is not asked. */
export type Photo = {
  file: string
  facts: { path: string; folders?: string[]; group?: string; deployment?: string; boxes?: number[][] }
}

const AT_ONCE = 8
const DONE_MS = 300_000

export async function send(url: string, name: string, photos: readonly Photo[]): Promise<void> {
  const { id } = await askAt<{ id: string }>(`${url}/api/imports`, posting({ name, total: photos.length }))
  for (let i = 0; i < photos.length; i += AT_ONCE) {
    const parcel = photos.slice(i, i + AT_ONCE)
    const body = new FormData()
    body.append('importId', id)
    body.append('facts', JSON.stringify(parcel.map(({ facts }) => facts)))
    for (const { file } of parcel) body.append('photo', new Blob([await readFile(file)]), basename(file))
    await askAt(`${url}/api/media`, { method: 'POST', body })
  }
  await askAt(`${url}/api/imports/${id}/close`, { method: 'POST' })
  const giveUpAt = Date.now() + DONE_MS
  for (;;) {
    const { status } = await askAt<{ status: string }>(`${url}/api/imports/${id}`)
    if (status === 'done') return
    if (Date.now() > giveUpAt) throw new Error(`The import ${name} is still ${status} after ${DONE_MS} ms.`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

/** `labelled` contains one folder per species. The first `burst` unlabelled photos form one burst. */
export async function fill(url: string, labelled: string, plain: readonly string[], burst: number): Promise<void> {
  const known: Photo[] = []
  for (const folder of (await readdir(labelled)).sort())
    for (const name of (await readdir(join(labelled, folder))).sort())
      known.push({ file: join(labelled, folder, name), facts: { path: `${folder}/${name}`, folders: [folder] } })
  await send(url, 'known', known)
  await send(
    url,
    'plain',
    plain.map((file, i) => ({
      file,
      facts: { path: basename(file), deployment: 'The clearing', ...(i < burst && { group: 'one visit' }) },
    })),
  )
}

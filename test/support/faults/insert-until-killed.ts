// A process that adds photos to the database of a data folder, as fast as it can, until it is killed. It writes the
// sha256 of every acknowledged photo to standard output.

import { createHash } from 'node:crypto'
import { writeSync } from 'node:fs'
import { openDatabase } from '../../../db/connection/connect.ts'
import { addMedia } from '../../../db/photos/add-media.ts'

const { db } = await openDatabase(`file:${process.argv[2]}`)
for (let i = 0; ; i++) {
  const sha256 = createHash('sha256').update(`${process.pid}:${i}`).digest('hex')
  await addMedia(db, {
    sha256,
    filename: `${i}.jpg`,
    mimeType: 'image/jpeg',
    bytes: i,
    deployment: `camera ${i % 3}`,
    capturedAt: '2024-05-01 06:00:00',
  })
  writeSync(1, `${sha256}\n`)
}

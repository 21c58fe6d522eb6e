// Videos: their best pictures become photos of one sequence. A stand-in for ffmpeg shows the limits; where ffmpeg
// itself is installed, a tiny video is made and read.

import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import type { Media, MediaItem } from '../../../api/contract/media.ts'
import { photosOfVideo } from '../../../api/photos/video.ts'
import { bestFrames } from '../../../indexer/photos/video/best-frames.ts'
import { readFrames, videoTypeOf } from '../../../indexer/photos/video/frames.ts'
import { COLOURS, drawAnimal, drawPhoto } from '../../support/photos.ts'
import { form, openTestService, type TestService } from '../../support/service.ts'

const run = promisify(execFile)
const MP4 = Buffer.concat([Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp41isom', 'latin1'), Buffer.alloc(2000)])
const folder = await mkdtemp(join(tmpdir(), 'clavis-video-'))
after(() => rm(folder, { recursive: true, force: true }))

/** A program that takes ffmpeg's place. It works in the folder for the pictures. */
async function standIn(name: string, script: string): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
  return file
}
const hasFfmpeg = (() => {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

let service: TestService
before(async () => {
  // An animal in seconds 2 and 5.
  await mkdir(join(folder, 'pictures'))
  for (let second = 0; second < 8; second++) {
    const shown = second === 2 || second === 5
    const picture = shown ? await drawAnimal(COLOURS.red, { seed: second }) : await drawPhoto([], { seed: second })
    await writeFile(join(folder, 'pictures', `${String(second + 1).padStart(6, '0')}.jpg`), picture)
  }
  const ffmpeg = await standIn(
    'ffmpeg',
    `echo "$@" > ${folder}/arguments\ncp ${folder}/pictures/*.jpg .\necho '  creation_time   : 2024-05-01T06:13:22.000000Z' >&2`,
  )
  service = await openTestService({ ffmpeg, maxVideoBytes: 100_000, maxPhotoBytes: 50_000 })
})
after(() => service.close())

const send = async (files: [name: string, bytes: Buffer][], fields: Record<string, string> = {}) => {
  const { items } = await service.read<{ items: MediaItem[] }>(202, '/api/media', {
    method: 'POST',
    body: form(files, fields),
  })
  await service.settled()
  return items
}
const left = async () => await readdir(join(service.folder, 'photos', 'incoming'))

test('the best pictures of a video become photos of one sequence that names it and the time', async () => {
  const facts = [{ path: 'trap/CLIP.MP4', deployment: 'trap' }, { path: 'trap/a.jpg' }]
  const items = await send(
    [
      ['CLIP.MP4', MP4],
      ['a.jpg', await drawAnimal(COLOURS.blue)],
    ],
    { facts: JSON.stringify(facts) },
  )
  assert.deepEqual(
    items.map(({ filename }) => filename),
    ['trap/CLIP.MP4 at 0m02s.jpg', 'trap/CLIP.MP4 at 0m05s.jpg', 'trap/a.jpg'],
  )
  const photos = await Promise.all(items.slice(0, 2).map(({ id }) => service.read<Media>(200, `/api/media/${id}`)))
  assert.deepEqual(
    photos.map(({ capturedAt, group, deployment }) => [capturedAt?.slice(0, 19), group, deployment]),
    [
      ['2024-05-01T06:13:24', 'video trap/CLIP.MP4', 'trap'],
      ['2024-05-01T06:13:27', 'video trap/CLIP.MP4', 'trap'],
    ],
  )
  assert.ok(photos.every(({ detections }) => detections[0]?.source === 'detector'))
  assert.deepEqual(await left(), [])
  const told = await readFile(join(folder, 'arguments'), 'utf8')
  assert.match(told, /-protocol_whitelist file .*-f mov -i file:\//)
  assert.match(told, /fps=1,/)
  const again = await send([['CLIP.MP4', MP4]])
  assert.deepEqual(
    again.map(({ id }) => id),
    items.slice(0, 2).map(({ id }) => id),
    'the same pictures are the same photos',
  )
})

test('a video that is too large is refused, and a photo of that size with a sentence of its own', async () => {
  const [large] = await send([['long.mov', Buffer.concat([MP4, Buffer.alloc(100_000)])]])
  assert.match(large?.failure?.message ?? '', /The video is bigger than 100000 bytes\. MAX_VIDEO_BYTES/)
  const [photo] = await send([['big.jpg', Buffer.alloc(60_000, 1)]])
  assert.match(photo?.failure?.message ?? '', /The photo is bigger than 50000 bytes/)
})

test('without ffmpeg it says what to install', async () => {
  const video = join(folder, 'some.mp4')
  await writeFile(video, MP4)
  const config = { ...service.config, ffmpeg: join(folder, 'nowhere') }
  await assert.rejects(
    photosOfVideo({ config, models: service.models }, video, 'mov'),
    /To read videos, install ffmpeg .*apt-get install ffmpeg/,
  )
  assert.deepEqual(await left(), [])
})

test('a video that takes too long, makes too much, or holds nothing ends with a sentence', async () => {
  const read = async (name: string, script: string, limits: { deadlineMs?: number; maxBytes?: number } = {}) => {
    const into = await mkdtemp(join(folder, 'frames-'))
    return await readFrames('x.mp4', 'mov', into, {
      ffmpeg: await standIn(name, script),
      framesPerSecond: 1,
      ...limits,
    })
  }
  const pids = join(folder, 'pid')
  await assert.rejects(
    read('slow', `echo $$ > ${pids}\nexec sleep 30`, { deadlineMs: 300 }),
    /took longer than 0\.3 s and was stopped/,
  )
  const pid = Number(await readFile(pids, 'utf8'))
  assert.throws(() => process.kill(pid, 0), /ESRCH/, 'the process is gone')
  await assert.rejects(
    read('flood', 'while :; do head -c 100000 /dev/zero >> 000001.jpg; sleep 0.05; done', { maxBytes: 300_000 }),
    /take more room than they may/,
  )
  await assert.rejects(
    read('broken', 'echo "moov atom not found" >&2; exit 1'),
    /The video is damaged: no picture can be read from it \(moov atom not found\)/,
  )
})

test('first bytes tell videos from photos of the same family', () => {
  const box = (brand: string) => Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\0\0`, 'latin1')
  assert.deepEqual(
    ['mp42', 'isom', 'qt  ', 'M4V '].map((brand) => videoTypeOf(box(brand))),
    Array(4).fill('mov'),
  )
  assert.deepEqual(
    ['heic', 'avif', 'crx ', 'mif1'].map((brand) => videoTypeOf(box(brand))),
    Array(4).fill(null),
  )
  assert.equal(videoTypeOf(Buffer.from('\x1aE\xdf\xa3', 'latin1')), 'matroska')
  assert.equal(videoTypeOf(Buffer.from('RIFF\0\0\0\0AVI LIST', 'latin1')), 'avi')
  assert.equal(videoTypeOf(Buffer.from('#EXTM3U\n#EXT-X', 'latin1')), null, 'a playlist is none')
  assert.equal(videoTypeOf(Buffer.alloc(0)), null)
})

test('frames are apart in time, the surest first chosen; without an animal the middle one is kept', () => {
  const frames = [0, 0.5, 0.9, 0.8, 0, 0.3].map((score, i) => ({ file: `${i}`, atMs: i * 1000, score }))
  assert.deepEqual(
    bestFrames(frames).map(({ atMs }) => atMs),
    [2000, 5000],
  )
  assert.deepEqual(
    bestFrames(frames, 1).map(({ atMs }) => atMs),
    [2000],
  )
  assert.deepEqual(
    bestFrames(frames.map((one) => ({ ...one, score: 0 }))).map(({ atMs }) => atMs),
    [3000],
  )
  assert.deepEqual(bestFrames([]), [])
})

for (const ending of ['mp4', 'avi', 'mkv', 'mov'])
  test(`ffmpeg reads a tiny ${ending}`, { skip: hasFfmpeg ? false : 'ffmpeg is not installed' }, async () => {
    const video = join(folder, `tiny.${ending}`)
    const from = ['-framerate', '1', '-i', join(folder, 'pictures', '%06d.jpg')]
    await run('ffmpeg', ['-v', 'error', '-y', ...from, '-c:v', 'mpeg4', '-q:v', '2', video])
    const type = videoTypeOf(await readFile(video))
    assert.notEqual(type, null)
    const config = { ...service.config, ffmpeg: 'ffmpeg' }
    const photos = await photosOfVideo({ config, models: service.models }, video, type!)
    assert.deepEqual(
      photos.map(({ atMs }) => atMs >= 2000 && atMs <= 5000),
      Array(2).fill(true),
    )
    assert.deepEqual(await left(), [])
  })

test('ffmpeg follows no file that a video names', { skip: hasFfmpeg ? false : 'ffmpeg is not installed' }, async () => {
  const list = join(folder, 'hostile.mkv')
  await writeFile(list, `ffconcat version 1.0\nfile ${join(folder, 'pictures', '000003.jpg')}\n`)
  const into = await mkdtemp(join(folder, 'frames-'))
  await assert.rejects(
    readFrames(list, 'matroska', into, { ffmpeg: 'ffmpeg', framesPerSecond: 1 }),
    /The video is damaged/,
  )
  assert.deepEqual(await readdir(into), [])
})

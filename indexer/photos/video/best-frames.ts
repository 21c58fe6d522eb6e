// Which pictures of a video are kept as photos: those in which the detector is surest of the most animals, apart in
// time. Of a video without an animal the middle one is kept, so that somebody can see what set the camera off.

import { readFile } from 'node:fs/promises'
import type { Detector } from '../../detect.ts'
import { decode } from '../image.ts'
import type { Frame } from './frames.ts'

/** The sum of the confidences of its animals. */
export type Scored = Frame & { score: number }

export const MOST_FRAMES = 5
const APART_MS = 2000

export async function scoreFrames(frames: readonly Frame[], detector: Detector): Promise<Scored[]> {
  const scored: Scored[] = []
  for (const frame of frames) {
    const found = await detector.detect(await decode(await readFile(frame.file)))
    const animals = found.filter(({ kind }) => kind === 'animal')
    scored.push({ ...frame, score: animals.reduce((sum, { confidence }) => sum + confidence, 0) })
  }
  return scored
}

/** In order of time. */
export function bestFrames(scored: readonly Scored[], most = MOST_FRAMES): Scored[] {
  const chosen: Scored[] = []
  const byScore = scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score || a.atMs - b.atMs)
  for (const frame of byScore)
    if (chosen.length < most && chosen.every(({ atMs }) => Math.abs(atMs - frame.atMs) >= APART_MS)) chosen.push(frame)
  const middle = scored[Math.floor(scored.length / 2)]
  if (chosen.length === 0 && middle) return [middle]
  return chosen.sort((a, b) => a.atMs - b.atMs)
}

// Follows animals through the photos of a burst. Boxes of one photo are never one animal. From photo to photo a box
// goes on with the animal that looks most like it and is at about its place.
//
// The result does not depend on the order in which the boxes are given.

import { similarity } from '../statistics.ts'

/** A box of a burst. `place`: of its photo in the order in which they were taken. */
export type Frame = {
  detectionId: number
  mediaId: number
  place: number
  /** Fractions of the photo: left, top, width, height. */
  bbox: readonly [number, number, number, number]
  /** In the tree's metric. */
  vector: ArrayLike<number>
  /** Something new is more probable than everything known. */
  isNew: boolean
}

/**
 * How much what is said of two boxes agrees, 0..1: boxes that agree less are two animals, wherever they are. Of the
 * pairs of photos in a row of the library's bursts 99 % agreed by 0.34 or more, of pairs of two species of fish 50 %,
 * and of farther relatives hardly any (2026-11-27).
 */
const LEAST_AGREEMENT = 0.3
export type Agreement = (a: Frame, b: Frame) => number

/** Boxes that overlap wholly count as so much more alike. */
const OVERLAP_COUNTS = 0.3

/** Each animal's boxes in the order in which they were taken; animals in the order of their first box. */
export function linkTracks(frames: readonly Frame[], agreement: Agreement): Frame[][] {
  const ordered = [...frames].sort(
    (a, b) => a.place - b.place || a.mediaId - b.mediaId || a.detectionId - b.detectionId,
  )
  const tracks: Frame[][] = []
  for (let start = 0; start < ordered.length; ) {
    const { mediaId } = ordered[start]!
    let end = start
    while (end < ordered.length && ordered[end]!.mediaId === mediaId) end++
    continueTracks(tracks, ordered.slice(start, end), agreement)
    start = end
  }
  return tracks
}

/** The pairs that are most alike first; a box without a pair begins a track. */
function continueTracks(tracks: Frame[][], photo: readonly Frame[], agreement: Agreement): void {
  const pairs = photo.flatMap((frame) =>
    tracks.flatMap((track) => {
      const alike = alikeness(track, frame, agreement)
      return alike === null ? [] : [{ frame, track, alike }]
    }),
  )
  pairs.sort((a, b) => b.alike - a.alike || a.frame.detectionId - b.frame.detectionId)
  const placed = new Set<Frame>()
  const taken = new Set<Frame[]>()
  for (const { frame, track } of pairs) {
    if (placed.has(frame) || taken.has(track)) continue
    placed.add(frame)
    taken.add(track)
    track.push(frame)
  }
  for (const frame of photo) if (!placed.has(frame)) tracks.push([frame])
}

/** By the box of the track that agrees and looks most like it, and where its last one was; null: another animal. */
function alikeness(track: readonly Frame[], frame: Frame, agreement: Agreement): number | null {
  const looks = track.flatMap((other) => {
    if (other.isNew !== frame.isNew) return []
    const agrees = agreement(other, frame)
    return agrees < LEAST_AGREEMENT ? [] : [agrees + similarity(other.vector, frame.vector)]
  })
  if (looks.length === 0) return null
  return Math.max(...looks) + OVERLAP_COUNTS * overlap(track.at(-1)!.bbox, frame.bbox)
}

/** Intersection over union. */
function overlap(a: Frame['bbox'], b: Frame['bbox']): number {
  const side = (axis: 0 | 1): number =>
    Math.max(0, Math.min(a[axis] + a[axis + 2]!, b[axis] + b[axis + 2]!) - Math.max(a[axis], b[axis]))
  const both = side(0) * side(1)
  const either = a[2] * a[3] + b[2] * b[3] - both
  return either > 0 ? both / either : 0
}

// Photos that are here already, by the paths that other programs know them by.

import { findMediaNamedLike } from '../../../db/photos/media.ts'
import { createPhotoFinder } from '../../interchange/exchange/photo-paths.ts'
import type { Service } from '../../service.ts'

/** The sha256 of the one photo that each path means; null where there is none, or several. */
export async function knownPhotos(
  { db }: Pick<Service, 'db'>,
  wanted: { path: string; withoutEnding?: boolean }[],
): Promise<(string | null)[]> {
  const rows = await findMediaNamedLike(
    db,
    wanted.map(({ path }) => path),
  )
  const sha256Of = new Map<string, string>()
  // Two photos of the same path are told apart by nobody.
  const twice = new Set<string>()
  for (const { filename, sha256 } of rows) {
    if (sha256Of.has(filename)) twice.add(filename)
    sha256Of.set(filename, sha256)
  }
  const find = createPhotoFinder([...sha256Of.keys()], '')
  return wanted.map((one) => {
    const answer = find(one)
    return 'path' in answer && !twice.has(answer.path) ? (sha256Of.get(answer.path) ?? null) : null
  })
}

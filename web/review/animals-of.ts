// The ids of the animals that a step of the history changed, as far as they still exist. For a step that changed whole
// photos, these are the animals in them. Their details are fetched again.

import type { Action } from '../../api/contract/action.ts'
import type { DetectionDetail } from '../../api/contract/media.ts'
import { Problem } from '../server/client.ts'
import { detection } from '../server/detections.ts'
import { mediaOne } from '../server/media.ts'
import { queries } from '../server/query-client.ts'

const detectionsOf = async (mediaId: string) =>
  (await queries.fetchQuery({ ...mediaOne(mediaId), staleTime: 0 })).detections.map((d) => d.id)

export async function animalsOf(action: Action): Promise<readonly string[]> {
  const [first] = action.detectionIds
  const [media] = action.mediaIds
  const there =
    first === undefined ? await (media === undefined ? [] : detectionsOf(media)) : await present(action, first)
  for (const id of there) void queries.invalidateQueries({ queryKey: ['detection', id] })
  return there
}

/**
 * Only a step about a box can make an animal appear or disappear, one at a time. If its photo is known, the photo says
 * which boxes exist.
 */
async function present(action: Action, first: string): Promise<readonly string[]> {
  if (action.kind !== 'box') return action.detectionIds
  const known = queries.getQueryData<DetectionDetail>(['detection', first])
  if (known !== undefined) {
    const beside = await detectionsOf(known.media.id)
    return beside.includes(first) ? action.detectionIds : []
  }
  try {
    await queries.fetchQuery(detection(first))
    return action.detectionIds
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return []
    throw error
  }
}

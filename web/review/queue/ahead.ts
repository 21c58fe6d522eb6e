// Fetches a detection before it is opened: its facts, its answer and its picture in the size shown. For the very next
// one it also fetches the burst and the known photos of its suggestions. Whatever fails is requested again on opening.

import { burst } from '../../server/boxes.ts'
import { answer, answerOptions, detection } from '../../server/detections.ts'
import { queries } from '../../server/query-client.ts'
import { loadPicture } from '../photo/pictures.ts'

const FRESH_MS = 15_000

function loadCrop(url: string): void {
  const crop = new Image()
  crop.fetchPriority = 'low'
  crop.src = url
}

/**
 * `next`: this detection is opened next, so its answer must be fresh. For later ones any cached answer will do for now.
 */
export function fetchAhead(id: string, zoomed: boolean, next: boolean): void {
  const nothing = () => undefined
  queries
    .fetchQuery({ ...detection(id), staleTime: FRESH_MS })
    .then((detail) => loadPicture(detail, zoomed))
    .catch(nothing)
  const asked = answer(id, answerOptions())
  queries
    .fetchQuery(next ? asked : { ...asked, staleTime: Number.POSITIVE_INFINITY })
    .then(({ detections }) => {
      if (!next) return
      const shown = detections.find((d) => d.detectionId === id)?.suggestions ?? []
      for (const { cropUrl } of shown.flatMap((suggestion) => suggestion.similar)) loadCrop(cropUrl)
    })
    .catch(nothing)
  if (next) void queries.prefetchQuery(burst(id))
}

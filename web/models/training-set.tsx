// A data set of one's own boxes, to train a detector with outside.

import { useQuery } from '@tanstack/solid-query'
import { type JSX, Show } from 'solid-js'
import type { DetectorSet } from '../../api/contract/models/detector.ts'
import { Download } from '../icons/icons.ts'
import { counted } from '../parts/format.ts'
import { Failure } from '../parts/message.tsx'
import { detectorSet } from '../server/models/detectors.ts'
import { dataOf } from '../server/query-client.ts'

export function TrainingSet(): JSX.Element {
  const query = useQuery(detectorSet)
  return (
    <section class="part" aria-label="Your own detector">
      <h2>Your own detector</h2>
      <p class="remark">
        Boxes that you have named, drawn or marked can teach a detector of your own. Download them as a YOLO data set,
        train YOLOv5 on your own GPU (the set holds a script, a notebook and instructions; its tools are AGPL and not
        part of Clavis), add the ONNX file here, and compare it with the one in use.
      </p>
      <Show when={query.isError}>
        <Failure error={query.error} retry={() => void query.refetch()} />
      </Show>
      <Show when={dataOf(query)}>
        {(set) => (
          <>
            <p class="remark">{wordsOf(set())}</p>
            <Show when={set().heldOut.boxes > 0 && set().heldOut.photos < set().photos}>
              <div>
                <a class="button" href="/api/detectors/set.zip" download="detector-set.zip">
                  <Download size={16} /> Data set
                </a>
              </div>
            </Show>
          </>
        )}
      </Show>
    </section>
  )
}

function wordsOf({ photos, boxes, empties, heldOut, by, leastHeldOut }: DetectorSet): string {
  if (boxes === 0)
    return 'No photo yet has all its boxes named, drawn or marked. Some hundred of them make a useful data set.'
  const have = `${counted(photos, 'photo')} with ${counted(boxes, 'animal')}, ${empties} of them empty.`
  const apart = `${counted(heldOut.photos, 'photo')} with ${counted(heldOut.boxes, 'animal')} are kept out to compare on, apart by ${by === 'camera' ? 'camera' : 'burst'}.`
  const few = heldOut.boxes < leastHeldOut ? ` A comparison needs ${leastHeldOut} animals that are kept out.` : ''
  return `${have} ${apart}${few}`
}

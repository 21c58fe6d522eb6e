// Opens the photos behind a chart: the service stores the animals as a selection, and the grid shows it.

import { useNavigate } from '@solidjs/router'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { type Bucket, type InsightFilter, type NewSelection, select } from '../server/insight.ts'

export type Opener = {
  /** Opens the animals that the filter counts, or only those in one bar. */
  bar: (name: string, filter: InsightFilter, bucket?: Bucket) => void
  ids: (name: string, detectionIds: readonly string[]) => void
}

export function useOpener(): Opener {
  const navigate = useNavigate()
  const open = async (selection: NewSelection) => {
    try {
      const { id, count } = await select(selection)
      if (count === 0)
        notify({ title: 'No animals here', text: 'They may have been identified differently in the meantime.' })
      else navigate(`/grid?selection=${id}`)
    } catch (error) {
      notifyFailure('The photos could not be opened', error)
    }
  }
  return {
    bar: (name, filter, bucket) => void open({ name: name.slice(0, 200), filter, bucket }),
    ids: (name, detectionIds) => void open({ name: name.slice(0, 200), detectionIds: [...detectionIds] }),
  }
}

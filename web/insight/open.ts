// From a bar to its photos. In: the filter and the bar. Out: a selection kept by the service, opened on the wall of animals.

import { useNavigate } from '@solidjs/router'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { type Bucket, type InsightFilter, type NewSelection, select } from '../server/insight.ts'

export type Opener = {
  /** Everything that the filter counts, or one bar of it. */
  bar: (name: string, filter: InsightFilter, bucket?: Bucket) => void
  ids: (name: string, detectionIds: readonly string[]) => void
}

export function useOpener(): Opener {
  const navigate = useNavigate()
  const open = async (selection: NewSelection) => {
    try {
      const { id, count } = await select(selection)
      if (count === 0) notify({ title: 'No animals there', text: 'They may have been identified otherwise meanwhile.' })
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

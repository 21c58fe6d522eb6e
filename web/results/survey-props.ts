// What the charts of the results share.

import type { Results } from '../../api/contract/survey/results.ts'
import type { Opener } from '../charts/open.ts'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { animalsBehind, type Behind, type ResultsFilter, type ResultsRule } from '../server/results.ts'

export type SurveyQuery = {
  status: 'pending' | 'error' | 'success'
  data: Results | undefined
  error: unknown
  refetch: () => unknown
}

export type SurveyProps = {
  query: SurveyQuery
  filter: ResultsFilter
  rule: ResultsRule
  /** Opens the photos behind a figure. */
  open: OpenBehind
}

export type OpenBehind = (name: string, part: Pick<Behind, 'taxon' | 'station'>) => void

export const nothingFound = ({ events }: Results): string | null =>
  events === 0
    ? 'Nobody has identified an animal that matches this filter. Suggestions do not count: review them first.'
    : null

/** Of taxa whose name alone may not tell what they are. */
export const nameOf = ({ name, commonName }: { name: string; commonName: string | null }): string =>
  commonName === null ? name : `${name} (${commonName})`

const decimals = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })
export const decimal = (value: number): string => decimals.format(value)

export function openerOf(opener: Opener, filter: () => ResultsFilter): OpenBehind {
  return (name, part) => {
    void (async () => {
      try {
        const { detectionIds, more } = await animalsBehind({ ...filter(), ...part })
        if (more) notify({ title: 'Only the first 10,000 are shown', text: 'Narrow the filter to see the others.' })
        if (detectionIds.length === 0)
          notify({ title: 'No animals here', text: 'They may have been changed just now.' })
        else opener.ids(name, detectionIds)
      } catch (error) {
        notifyFailure('The photos could not be opened', error)
      }
    })()
  }
}

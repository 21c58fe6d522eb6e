// Downloads for occupancy models: the detection history of one taxon and the effort beside it.

import { createMemo, createSignal, type JSX, Show } from 'solid-js'
import { Download } from '../icons/icons.ts'
import { Choice } from '../parts/form/choice.tsx'
import { dataOf } from '../server/query-client.ts'
import { historyAddress } from '../server/results.ts'
import { nameOf, type SurveyProps } from './survey-props.ts'
import './result-card.css'

const DAYS = [1, 2, 3, 5, 7, 10, 14]

export function Occupancy(props: SurveyProps): JSX.Element {
  const [chosen, setChosen] = createSignal<string>()
  const [occasionDays, setOccasionDays] = createSignal(7)
  const [minActiveDays, setMinActiveDays] = createSignal(1)
  const taxa = createMemo(() => dataOf(props.query)?.taxa ?? [])
  const taxon = () => chosen() ?? taxa()[0]?.taxon.id
  const address = (table: 'history' | 'effort', id: string) =>
    historyAddress(table, props.filter, { taxon: id, occasionDays: occasionDays(), minActiveDays: minActiveDays() })
  const days = DAYS.map((value) => ({ value: String(value), text: value === 1 ? '1 day' : `${value} days` }))
  return (
    <section class="panel result-card" aria-labelledby="occupancy-head">
      <h2 id="occupancy-head">For occupancy models</h2>
      <p class="result-card-text">
        A table of stations by occasions: 1 recorded, 0 watched and not recorded, empty not watched. R reads it with{' '}
        <code>unmarked::unmarkedFrameOccu(y = as.matrix(read.csv("clavis-history.csv", row.names = 1)))</code>, and
        camtrapR reads both tables.
      </p>
      <Show
        when={taxon()}
        fallback={<p class="result-card-text">There is nothing to download without an identified animal.</p>}
      >
        {(id) => (
          <div class="choices">
            <Choice
              label="Taxon"
              any="Most recorded"
              value={chosen()}
              options={taxa().map(({ taxon }) => ({ value: taxon.id, text: nameOf(taxon) }))}
              onChange={(value) => setChosen(value === '' ? undefined : value)}
            />
            <Choice
              label="Length of an occasion"
              any="7 days"
              value={occasionDays() === 7 ? undefined : String(occasionDays())}
              options={days.filter(({ value }) => value !== '7')}
              onChange={(value) => setOccasionDays(value === '' ? 7 : Number(value))}
            />
            <Choice
              label="Empty below"
              any="1 watched day"
              value={minActiveDays() === 1 ? undefined : String(minActiveDays())}
              options={days
                .filter(({ value }) => Number(value) > 1 && Number(value) <= occasionDays())
                .map(({ value }) => ({ value, text: `${value} watched days` }))}
              onChange={(value) => setMinActiveDays(value === '' ? 1 : Number(value))}
            />
            <a class="button primary" href={address('history', id())} download="" target="_self">
              <Download size={16} /> Detection history
            </a>
            <a class="button" href={address('effort', id())} download="" target="_self">
              <Download size={16} /> Effort
            </a>
          </div>
        )}
      </Show>
    </section>
  )
}

// The card of a version: how right it is, what it mistakes with the photos of each mistake, what changed, and what it
// was made from. The address holds what is chosen.

import { A, useParams, useSearchParams } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createMemo, type JSX, Match, Show, Switch } from 'solid-js'
import type { VersionCard } from '../../../api/contract/models/version.ts'
import { Download, Printer } from '../../icons/icons.ts'
import { Choice } from '../../parts/form/choice.tsx'
import { count, counted, when } from '../../parts/format.ts'
import { Failure } from '../../parts/message.tsx'
import { usePageTitle } from '../../parts/page-title.ts'
import { ranks } from '../../parts/taxon/ranks.ts'
import { cardFileOf, reportOf, versionCard, versionList } from '../../server/models/versions.ts'
import { dataOf } from '../../server/query-client.ts'
import { Compared } from './compared.tsx'
import { Confused } from './confused.tsx'
import { MadeFrom } from './made-from.tsx'
import { VersionCharts } from './version-charts.tsx'
import './version-page.css'
import { VersionState } from './versions.tsx'

export default function VersionPage(): JSX.Element {
  const params = useParams()
  const version = () => params.version ?? ''
  const query = useQuery(() => versionCard(version()))
  return (
    <div class="page in-parts">
      <Switch fallback={<div class="skeleton version-page-wait" role="status" aria-label="Loading the version" />}>
        <Match when={query.isError}>
          <Failure error={query.error} retry={() => void query.refetch()} />
        </Match>
        <Match when={dataOf(query)}>{(card) => <Card card={card()} />}</Match>
      </Switch>
    </div>
  )
}

const JUDGED_BY = {
  heldOut: 'of groups that nothing was fitted on',
  folds: 'each by what was fitted without it and its group',
} as const

function Card(props: { card: VersionCard }): JSX.Element {
  const [search, setSearch] = useSearchParams()
  usePageTitle(() => `Version ${props.card.version}`)
  const list = useQuery(versionList)
  const others = createMemo(() =>
    (dataOf(list)?.items ?? [])
      .filter(({ version }) => version !== props.card.version)
      .map(({ version, refused }) => ({
        value: String(version),
        text: `Version ${version}${refused ? ', refused' : ''}`,
      })),
  )
  const judged = () => ranks.filter((rank) => props.card.ranks.some((one) => one.rank === rank))
  const rank = () => judged().find((one) => one === search.rank)
  const against = () =>
    typeof search.against === 'string' && /^\d+$/.test(search.against) ? search.against : undefined
  return (
    <>
      <header class="page-head">
        <div>
          <p>
            <A href="/insight/versions">All versions</A>
          </p>
          <h1>
            Version {props.card.version} <VersionState of={props.card} />
          </h1>
          <p class="page-lead">
            {when(props.card.createdAt)}. {counted(props.card.examples, 'example')} in {count(props.card.groups)}{' '}
            groups, of {counted(props.card.taxa, 'taxon', 'taxa')}. Judged by{' '}
            {counted(props.card.judged.photos, 'photo')} {JUDGED_BY[props.card.judgedBy]}.
          </p>
        </div>
        <div class="acts">
          <a class="button" href={reportOf(props.card.version)} target="_blank" rel="noopener">
            <Printer size={16} /> Report to print
          </a>
          <a class="button" href={cardFileOf(props.card.version)} download="" target="_self">
            <Download size={16} /> Card
          </a>
        </div>
      </header>
      <VersionCharts card={props.card} />
      <div class="version-page-choices">
        <Choice
          label="Rank"
          any="The lowest of each photo"
          value={rank()}
          options={judged().map((one) => ({ value: one, text: one }))}
          onChange={(next) => setSearch({ rank: next || null, truth: null, said: null, shared: null })}
        />
        <Show when={others().length > 0}>
          <Choice
            label="Side by side with"
            any="No other version"
            value={against()}
            options={others()}
            onChange={(next) => setSearch({ against: next || null, change: null })}
          />
        </Show>
      </div>
      <Show when={against()}>
        {(other) => <Compared version={String(props.card.version)} against={other()} rank={rank()} />}
      </Show>
      <Confused version={String(props.card.version)} rank={rank()} />
      <MadeFrom card={props.card} />
    </>
  )
}

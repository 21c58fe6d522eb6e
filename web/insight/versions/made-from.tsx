// What a version was made from, what changed since the version before, and how to make it again.

import { For, type JSX, Show } from 'solid-js'
import type { VersionCard } from '../../../api/contract/models/version.ts'
import type { ChartTable } from '../../charts/chart-table.ts'
import { DataTable } from '../../charts/data-table.tsx'
import { counted } from '../../parts/format.ts'
import { rounded } from '../charts/accuracy-charts.tsx'
import './made-from.css'

const MOST_TAXA = 100

type Part = { title: string; remark?: string; table: ChartTable }
const rowsOf = (rows: readonly (string | number | null)[][]) => rows.map((cells) => ({ cells }))
const signed = (value: number) => `${value > 0 ? '+' : ''}${value}`

function partsOf(card: VersionCard): Part[] {
  const sources = Object.keys(card.bySource)
  const { since } = card
  const parts: (Part | null)[] = [
    since && {
      title: `Changed since version ${since.version}`,
      remark: `${signed(since.examples)} examples, ${signed(since.taxa)} taxa${since.netChanged ? ', another embedder' : ''}. Accuracy on the photos by which both were judged.`,
      table: {
        columns: ['rank', 'photos', 'before', 'now', 'gain', 'low', 'high', 'better', 'worse'],
        rows: rowsOf(
          since.ranks.map(({ rank, photos, before, now, gain, low, high, better, worse }) => [
            ...[rank, photos, ...[before, now, gain, low, high].map(rounded)],
            ...[better, worse],
          ]),
        ),
      },
    },
    since && {
      title: 'Taxa with the most examples more or fewer',
      table: {
        columns: ['taxon', 'before', 'now'],
        rows: rowsOf(since.changed.map(({ taxon, before, now }) => [taxon.name, before, now])),
      },
    },
    {
      title: 'Weakest taxa',
      table: {
        columns: ['taxon', 'right', 'of', 'share', 'low', 'high'],
        rows: rowsOf(
          card.weakest.map(({ taxon, right, photos, share, low, high }) => [
            ...[taxon.name, right, photos, ...[share, low, high].map(rounded)],
          ]),
        ),
      },
    },
    {
      title: 'Examples',
      remark:
        card.used < card.examples
          ? `Statistics from a sample of ${card.used}, ${card.heldOut} of them held out.`
          : card.heldOut > 0
            ? `${card.heldOut} of them held out.`
            : 'Each was judged by cross-validation.',
      table: {
        columns: ['taxon', 'rank', 'examples', ...sources],
        rows: rowsOf([
          ...card.listed
            .slice(0, MOST_TAXA)
            .map(({ taxon, examples, bySource }) => [
              ...[taxon.name, taxon.rank, examples, ...sources.map((source) => bySource[source] ?? 0)],
            ]),
          ...otherTaxa(card),
        ]),
      },
    },
    {
      title: 'Nets',
      table: {
        columns: ['kind', 'name', 'sha256', 'examples'],
        rows: rowsOf(card.nets.map(({ kind, name, sha256, examples }) => [kind, name, sha256, examples])),
      },
    },
  ]
  return parts.filter((part) => part !== null && part.table.rows.length > 0).filter((part) => part !== null)
}

function otherTaxa({ listed, others }: VersionCard): (string | number | null)[][] {
  const left = listed.slice(MOST_TAXA)
  const taxa = left.length + others.taxa
  const examples = left.reduce((sum, one) => sum + one.examples, others.examples)
  return taxa === 0 ? [] : [[counted(taxa, 'more taxon', 'more taxa'), null, examples]]
}

export function MadeFrom(props: { card: VersionCard }): JSX.Element {
  return (
    <>
      <For each={partsOf(props.card)}>
        {({ title, remark, table }) => (
          <section class="part" aria-label={title}>
            <h2>{title}</h2>
            <Show when={remark}>
              <p class="remark">{remark}</p>
            </Show>
            <DataTable title={title} table={table} />
          </section>
        )}
      </For>
      <section class="part" aria-label="Make it again">
        <h2>Make it again</h2>
        <p class="remark">
          <code>{props.card.rebuild.command}</code> makes the card again and compares it byte for byte, as long as
          examples and taxonomy are what they were.
        </p>
        <p class="remark made-from-hash">Examples: sha256 {props.card.rebuild.examplesSha256}</p>
      </section>
    </>
  )
}

// Animals by taxon, as a sunburst of the taxonomy.

import { useQuery } from '@tanstack/solid-query'
import type { JSX } from 'solid-js'
import { Chart } from '../../charts/chart.tsx'
import { taxaInsight } from '../../server/insight.ts'
import { Sunburst } from '../drawings/sunburst.tsx'
import { sizeOf } from '../drawings/sunburst-layout.ts'
import { type FilteringChartProps, noAnimals } from './chart-props.ts'

export function TaxaChart(props: FilteringChartProps): JSX.Element {
  const query = useQuery(() => taxaInsight(props.filter))
  const open = (taxon: { id: string; name: string }) =>
    props.opener.bar(taxon.name, { ...props.filter, taxon: taxon.id })
  return (
    <Chart
      wide
      title="Animals by taxon"
      note="An animal counts under the taxon it is identified as, or else under its suggestion. Click a sector to open it."
      name="taxa"
      query={query}
      empty={noAnimals}
      open={() => props.opener.bar('All animals', props.filter)}
      table={({ taxa }) => ({
        columns: ['taxon', 'common name', 'rank', 'animals', 'identified', 'only suggested', 'of the taxon itself'],
        rows: taxa.map((taxon) => ({
          cells: [
            taxon.name,
            taxon.commonName,
            taxon.rank,
            sizeOf(taxon),
            taxon.identified,
            taxon.suggested,
            taxon.own,
          ],
          open: () => open(taxon),
        })),
      })}
    >
      {(data, width) => (
        <Sunburst
          data={data()}
          width={width()}
          onOpen={open}
          onFilter={(taxon) => props.onFilter({ ...props.filter, taxon })}
        />
      )}
    </Chart>
  )
}

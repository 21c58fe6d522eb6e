// The whole results as files: tables as CSV, figures as SVG and PNG, detection histories for R, and a page to print.
// GET /api/results/report.zip and `npm run results` write the same.

import sharp from 'sharp'
import { sensitivePlaces } from '../../../db/taxonomy/place-rules.ts'
import { type ReportQuery, type Results, reportQuerySchema } from '../../contract/survey/results.ts'
import { streamOf } from '../../http/bodies/stream-answer.ts'
import { problems } from '../../http/problem.ts'
import { newRoutes, routesOf } from '../../http/router.ts'
import type { WrittenFile } from '../../interchange/exchange/writers/writer.ts'
import { zipFiles } from '../../interchange/exchange/writers/zip-files.ts'
import { taxonLookup } from '../../present/taxa.ts'
import type { Service } from '../../service.ts'
import type { ResultsMaker } from '../results/material.ts'
import { barFigure, lineFigure } from './figures.ts'
import type { Figure } from './html.ts'
import { methodOf, reportPage } from './page.ts'
import { csvOf, occasionTable, rounded, surveyTables, tellPlaces } from './tables.ts'

const route = routesOf('Results')

const reportRoute = route('get /api/results/report.zip', 'All results as files', {
  description:
    'A page to print, tables as CSV, figures as SVG and PNG, events one by one, and for each taxon the detection history that unmarked and camtrapR read, with the effort.',
  request: { query: reportQuerySchema },
  responses: {
    200: { description: 'A zip', content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } } },
    ...problems(400, 404),
  },
})

export function reportRoutes(service: Service, results: ResultsMaker) {
  return newRoutes().openapi(reportRoute, async (c) => {
    const files = zipFiles(reportFiles(service, results, c.req.valid('query')))
    return c.body(await streamOf(files), 200, {
      'Content-Type': 'application/zip',
      'Content-Disposition': 'attachment; filename="clavis-results.zip"',
      'Cache-Control': 'no-store',
    })
  })
}

/** Drawn at twice its size, for paper. */
const DENSITY = 144
const MOST_CURVES = 12
const MOST_BARS = 30

export async function* reportFiles(
  service: Service,
  maker: ResultsMaker,
  query: ReportQuery,
): AsyncGenerator<WrittenFile> {
  const results = tellPlaces(await maker.numbers(query), await sensitivePlaces(service.db))
  const health = await maker.health()
  const { taxa, events } = await maker.report(query)
  const lookup = await taxonLookup(
    service,
    taxa.map(({ taxonId }) => taxonId),
  )
  const nameOf = (taxonId: number) => lookup.get(taxonId).name
  const active = taxa
    .flatMap(({ activity, taxonId, ...same }) =>
      activity === null ? [] : [{ ...same, activity, name: nameOf(taxonId) }],
    )
    .sort((a, b) => b.events - a.events)
  const figures = figuresOf(query, results, active)
  const madeAt = new Date().toISOString().slice(0, 16).replace('T', ' ')
  const treeVersion = service.learning.treeVersion()
  yield textFile('report.html', reportPage({ query, results, health, figures, madeAt, treeVersion }))
  for (const [name, table] of surveyTables({ results, active, health, events, nameOf }))
    yield textFile(`${name}.csv`, csvOf(table))
  const [first] = taxa
  if (first) yield textFile('effort.csv', csvOf(occasionTable(first.history, ({ effort }) => effort.map(rounded))))
  for (const { taxonId, history } of taxa)
    yield textFile(
      `detection-histories/${fileName(`${nameOf(taxonId)}`)}.csv`,
      csvOf(occasionTable(history, ({ detected }) => detected)),
    )
  for (const { name, svg } of figures) {
    yield textFile(`figures/${name}.svg`, svg)
    yield { path: `figures/${name}.png`, content: sharp(Buffer.from(svg), { density: DENSITY }).png().toBuffer() }
  }
}

type Active = { name: string; events: number; activity: number[] }

function figuresOf(query: ReportQuery, results: Results, active: readonly Active[]): Figure[] {
  const unreviewed = `${results.unreviewed} animals under this filter have not been reviewed and are not in it.`
  const made = (how: string) => `${how} ${unreviewed}`
  const rated = results.taxa.filter(({ per100Days }) => per100Days !== null).slice(0, MOST_BARS)
  const figures: Figure[] = [
    {
      name: 'events-per-100-nights',
      title: 'Events per 100 nights',
      svg: barFigure(
        'Events per 100 nights by taxon',
        rated.map(({ taxon, per100Days }) => ({
          name: taxon.name,
          value: per100Days ?? 0,
          text: (per100Days ?? 0).toFixed(1),
        })),
      ),
      made: made(methodOf(query, results)),
    },
  ]
  if (results.accumulation.length > 0)
    figures.push({
      name: 'species-accumulation',
      title: 'Species by stations',
      svg: lineFigure(
        'Species expected by number of stations',
        results.accumulation.map((y, k) => ({ x: k + 1, y })),
        { x: 'stations', y: 'species', from: 1, to: results.accumulation.length },
      ),
      made: made(
        `The mean over all orders of the stations (Colwell et al. 2004).${
          results.richness === null
            ? ''
            : ` Chao2: ${results.richness.estimate.toFixed(1)} species, 95 % interval ${results.richness.low.toFixed(1)} to ${results.richness.high.toFixed(1)}.`
        }`,
      ),
    })
  for (const { name, events, activity } of active.slice(0, MOST_CURVES))
    figures.push({
      name: `activity-${fileName(name)}`,
      title: `Activity of ${name}`,
      svg: lineFigure(
        `Activity of ${name} by hour`,
        [...activity, activity[0] ?? 0].map((y, k) => ({ x: (k * 24) / activity.length, y })),
        { x: 'hour of the day, by the camera’s clock', y: 'density', from: 0, to: 24 },
      ),
      made: made(`Von Mises kernel over ${events} events (Ridout and Linkie 2009), bandwidth of Taylor 2008.`),
    })
  return figures
}

const textFile = (path: string, text: string): WrittenFile => ({ path, content: one(text) })

async function* one(text: string): AsyncGenerator<string> {
  yield text
}

/** Letters, digits and hyphens of any script. */
const fileName = (name: string): string => name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '') || 'unnamed'

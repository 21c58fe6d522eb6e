// What the results are computed from, read from the database, and asked of the thread that computes them.

import { type InsightFilter, NO_FILTER } from '../../../db/insight/counts.ts'
import { countUnreviewed, packClocks, packSightings, resultsVersion } from '../../../db/insight/sightings.ts'
import { countDeploymentPhotos, readDeployments, stationOf } from '../../../db/photos/deployments.ts'
import { getTimeZone } from '../../../db/settings.ts'
import type {
  ActivityQuery,
  ActivityResult,
  CameraHealth,
  HistoryQuery,
  ReportQuery,
  Results,
  ResultsQuery,
} from '../../contract/survey/results.ts'
import { Problem } from '../../http/problem.ts'
import { DAY_MS, MINUTE_MS, readClock } from '../../interchange/local-time.ts'
import type { Service } from '../../service.ts'
import { type AnswerCache, createAnswerCache } from '../cache.ts'
import { filterOf } from '../filter.ts'
import { type Ask, openResultsThread } from './apart.ts'
import type { ReportReply } from './by-taxon.ts'
import { presentNumbers } from './present-numbers.ts'
import type { NamedHistory } from './questions.ts'
import { EVER, type Survey, type SurveyedDeployment, stationsOf } from './stations.ts'

/** Each has some megabytes in a season. */
const MOST_TEXTS = 6

export type ResultsMaker = {
  numbers(query: ResultsQuery): Promise<Results>
  history(query: HistoryQuery): Promise<NamedHistory[]>
  activity(query: ActivityQuery): Promise<ActivityResult>
  health(): Promise<CameraHealth>
  /** Histories, activity and events of all taxa at once. */
  report(query: ReportQuery): Promise<ReportReply>
  /** The deployments of a station, under the filter. */
  deploymentsAt(filter: InsightFilter, stationId: number): Promise<number[]>
}

export function openResults(service: Service): ResultsMaker {
  const { db } = service
  const ask: Ask = openResultsThread(service.closing)
  const [answers, texts] = [createAnswerCache(), createAnswerCache(undefined, MOST_TEXTS)]
  /** Answers stay until something changes that they depend on, and no longer than the cache keeps them. */
  const cachedIn =
    (cache: AnswerCache) =>
    async <T>(name: string, query: object, make: () => Promise<T>): Promise<T> =>
      await cache(JSON.stringify([name, query, await resultsVersion(db), await getTimeZone(db)]), make)
  const [once, oncePacked] = [cachedIn(answers), cachedIn(texts)]
  /** All figures of a page ask for the same rows. */
  const sightingsOf = (filter: InsightFilter) => oncePacked('sightings', filter, () => packSightings(db, filter))
  const ruleOf = ({ gapMinutes, independence }: Pick<ResultsQuery, 'gapMinutes' | 'independence'>) => ({
    gapMs: gapMinutes * MINUTE_MS,
    independence,
  })
  const occasionsOf = ({ occasionDays, minActiveDays }: Pick<HistoryQuery, 'occasionDays' | 'minActiveDays'>) => ({
    days: occasionDays,
    from: 'setup' as const,
    minActiveDays,
  })

  return {
    numbers: (query) =>
      once('numbers', query, async () => {
        const filter = await filterOf(service, query)
        const [survey, sightings, unreviewed] = await Promise.all([
          readSurvey(service, filter),
          sightingsOf(filter),
          countUnreviewed(db, filter),
        ])
        const numbers = await ask({ kind: 'numbers', survey, sightings, rule: ruleOf(query) })
        return await presentNumbers(service, numbers, unreviewed)
      }),
    history: (query) =>
      once('history', query, async () => {
        const filter = await filterOf(service, query)
        const survey = await readSurvey(service, filter)
        const rule = occasionsOf(query)
        const sightings = await sightingsOf(filter)
        return (await ask({ kind: 'history', survey, sightings, rule })).stations
      }),
    activity: (query) =>
      once('activity', query, async () => {
        const timeZone = await getTimeZone(db)
        if (query.time === 'sun' && timeZone === null)
          throw new Problem(
            422,
            'Expected the zone of the cameras’ clocks for sun time. Choose it on the page Deployments.',
          )
        const filter = await filterOf(service, query)
        const filters =
          query.with === undefined ? [filter] : [filter, await filterOf(service, { ...query, taxon: query.with })]
        const sightings: string[] = []
        for (const one of filters) sightings.push(await sightingsOf(one))
        const survey = await readSurvey(service, filter)
        const { time } = query
        const { curves, overlap } = await ask({
          kind: 'activity',
          survey,
          sightings,
          rule: ruleOf(query),
          time,
          timeZone,
        })
        const [own, other = null] = curves
        return { ...own!, other, overlap }
      }),
    health: () =>
      once('health', {}, async () => {
        const survey = await readSurvey(service, NO_FILTER)
        const stations = await ask({ kind: 'health', survey, clocks: await packClocks(db), now: Date.now() })
        return {
          stations: stations.map(({ id, findings, ...same }) => ({
            ...same,
            id: String(id),
            findings: findings.map((finding) => ({ ...finding, mediaIds: finding.mediaIds.map(String) })),
          })),
        }
      }),
    report: (query) =>
      once('report', query, async () => {
        const filter = await filterOf(service, query)
        const survey = await readSurvey(service, filter)
        const sightings = await sightingsOf(filter)
        return await ask({ kind: 'report', survey, sightings, rule: ruleOf(query), occasions: occasionsOf(query) })
      }),
    async deploymentsAt(filter, stationId) {
      const station = stationsOf(await readSurvey(service, filter)).find(({ id }) => id === stationId)
      return (station?.deployments ?? []).map(({ id }) => id)
    },
  }
}

/** Deployments of the filter, as the pure parts want them. */
async function readSurvey({ db }: Pick<Service, 'db'>, filter: InsightFilter): Promise<Survey> {
  const [rows, photos] = await Promise.all([readDeployments(db), countDeploymentPhotos(db)])
  const clock = (text: string | null | undefined) => (text ? readClock(text) : null)
  const deployments = rows
    .filter((row) => filter.deployment === null || row.name === filter.deployment)
    .filter((row) => filter.site === null || stationOf(row) === filter.site)
    .map((row): SurveyedDeployment => {
      const own = photos.get(row.id)
      return {
        id: row.id,
        name: row.name,
        station: stationOf(row),
        camera: row.camera,
        latitude: row.latitude,
        longitude: row.longitude,
        start: clock(row.startAt),
        end: clock(row.endAt),
        problems: row.problems.map(({ from, to }) => ({ from: readClock(from), to: readClock(to) })),
        photos: own?.photos ?? 0,
        firstPhoto: clock(own?.first),
        lastPhoto: clock(own?.last),
      }
    })
  const from = filter.from === null ? EVER.from : readClock(`${filter.from}T00:00:00`)
  const to = filter.to === null ? EVER.to : readClock(`${filter.to}T00:00:00`) + DAY_MS
  return { deployments, within: { from, to } }
}

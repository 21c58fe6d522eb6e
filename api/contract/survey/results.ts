// The results of a survey: events, effort, occupancy, activity, richness and what is wrong with cameras.

import { z } from '@hono/zod-openapi'
import { idSchema } from '../id.ts'
import { insightFilterSchema } from '../insight.ts'
import { namedObject } from '../named.ts'
import { taxonSchema } from '../taxon.ts'

const count = z.number().int()
const days = z.number().openapi({ description: 'Camera-days.' })

export const resultsQuerySchema = insightFilterSchema.omit({ person: true }).extend({
  gapMinutes: z.coerce.number().min(0).max(100_000).default(30).openapi({
    description: 'A record this long or longer after the one that it is compared with begins a new event.',
  }),
  independence: z.enum(['lastRecord', 'lastIndependentRecord']).default('lastRecord').openapi({
    description:
      'What a record is compared with: the one before it, or the one that opened the event (camtrapR’s lastIndependentRecord).',
  }),
})
export type ResultsQuery = z.output<typeof resultsQuerySchema>

export const historyQuerySchema = resultsQuerySchema
  .omit({ taxon: true, gapMinutes: true, independence: true })
  .extend({
    taxon: idSchema,
    occasionDays: z.coerce.number().int().min(1).max(366).default(7),
    minActiveDays: z.coerce.number().int().min(1).max(366).default(1),
  })
export type HistoryQuery = z.output<typeof historyQuerySchema>

export const reportQuerySchema = resultsQuerySchema.extend(
  historyQuerySchema.pick({ occasionDays: true, minActiveDays: true }).shape,
)
export type ReportQuery = z.output<typeof reportQuerySchema>

const stationSchema = namedObject('SurveyedStation', {
  id: idSchema,
  name: z.string(),
  photos: count,
  first: z.string().nullable().openapi({ description: "By the camera's clock." }),
  last: z.string().nullable(),
  days: days.nullable().openapi({
    description:
      'From start to end as recorded, without problem periods; where they are not recorded, from the first photo to the last one, which is 10 to 16 % too short. Cameras that watch at once count each. null: not known.',
  }),
  effortFrom: z.enum(['recorded', 'photos', 'both']).nullable(),
  deploymentIds: z.array(idSchema),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  events: count,
  unreviewed: count,
})

export const resultsSchema = namedObject('Results', {
  events: count,
  outsideEvents: count.openapi({
    description: 'At times at which, by its dates, no camera of their station watched: dates or a clock are wrong.',
  }),
  undatedEvents: count.openapi({
    description: 'Events of photos without a time: each photo is an event of its own.',
  }),
  unratedEvents: count.openapi({
    description: 'Events at no station, or at one of which the effort is not known: they are in no rate.',
  }),
  unreviewed: count.openapi({ description: 'Animals that nobody has identified: they are in no other figure.' }),
  days,
  stations: z.array(stationSchema),
  taxa: z.array(
    z.object({
      taxon: taxonSchema,
      unreviewed: count.openapi({
        description: 'Animals that nobody has identified and for which this taxon is suggested.',
      }),
      events: count,
      individuals: count.openapi({ description: 'Sum over events of the most individuals in one photo.' }),
      stations: count.openapi({ description: 'Stations at which it was recorded.' }),
      per100Days: z.number().nullable().openapi({
        description:
          'Events per 100 camera-days, both of stations of which the effort is known; null where it has no such event.',
      }),
      naiveOccupancy: z.number().nullable().openapi({ description: 'Share of the stations with a record.' }),
    }),
  ),
  cells: z
    .array(z.object({ taxonId: idSchema, stationId: idSchema.nullable(), events: count, individuals: count }))
    .openapi({ description: 'Taxon by station; stationId null: photos without a camera.' }),
  richness: z
    .object({ observed: count, estimate: z.number(), low: z.number(), high: z.number() })
    .nullable()
    .openapi({ description: 'Chao2 over stations with its 95 % interval; species and subspecies alone count.' }),
  accumulation: z.array(z.number()).openapi({ description: 'Species expected at 1, 2, … all stations.' }),
})
export type Results = z.infer<typeof resultsSchema>

export const activityQuerySchema = resultsQuerySchema.extend({
  with: idSchema.optional().openapi({ description: 'Another taxon, whose curve is laid over the first.' }),
  time: z.enum(['clock', 'sun']).default('clock').openapi({
    description:
      'sun: the sun rises at 6 and sets at 18 o’clock on every day. Needs coordinates and the zone (PUT /api/time-zone).',
  }),
})
export type ActivityQuery = z.output<typeof activityQuerySchema>

const curveSchema = z.object({
  events: count.openapi({ description: 'Events with a time.' }),
  enough: z.boolean().openapi({ description: 'false: fewer than 20 events, whose curve would show chance.' }),
  density: z.array(z.number()).openapi({ description: 'Per hour, at 128 equal steps of the day from midnight on.' }),
  hours: z.array(count).openapi({ description: 'Events by hour.' }),
  withoutSun: count.openapi({ description: 'Left out: their station has no coordinates, or the sun did not rise.' }),
})

export const activityResultSchema = curveSchema
  .extend({
    other: curveSchema.nullable(),
    overlap: z
      .object({ overlap: z.number(), low: z.number(), high: z.number(), estimator: z.enum(['Dhat1', 'Dhat4']) })
      .nullable()
      .openapi({
        description: 'The area under both curves, 0..1, with the 95 % interval of 1,000 smoothed bootstraps.',
      }),
  })
  .openapi('ActivityCurve')
export type ActivityResult = z.infer<typeof activityResultSchema>

export const behindQuerySchema = resultsQuerySchema
  .omit({ gapMinutes: true, independence: true })
  .extend({ station: idSchema.optional().openapi({ description: 'A station of the results.' }) })

export const behindSchema = namedObject('AnimalsBehind', {
  detectionIds: z.array(idSchema),
  more: z.boolean().openapi({ description: 'There are more than the first 10,000.' }),
})

export const cameraHealthSchema = namedObject('CameraHealth', {
  stations: z.array(
    z.object({
      id: idSchema,
      name: z.string(),
      findings: z.array(
        z.object({
          fault: z.enum([
            'undated',
            'before2010',
            'inTheFuture',
            'clockRunsBackwards',
            'gap',
            'manyPhotosADay',
            'noNightPhotos',
            'outsideDates',
          ]),
          count: count.openapi({ description: 'Photos; days for a gap and for manyPhotosADay.' }),
          from: z.string().nullable(),
          to: z.string().nullable(),
          mediaIds: z.array(idSchema).openapi({ description: 'Some of the photos that show it.' }),
        }),
      ),
    }),
  ),
})
export type CameraHealth = z.infer<typeof cameraHealthSchema>

// Review queues, and what lists can be narrowed by.

import { z } from '@hono/zod-openapi'
import { namedObject } from './named.ts'

/** Review queues; each has an order of its own. */
export const queueNameSchema = z
  .enum([
    'useful',
    'unsure',
    'results',
    'conflict',
    'wrongLabel',
    'novel',
    'firstHere',
    'unidentified',
    'falseTrigger',
    'recent',
    'flagged',
    'secondLook',
    'marked',
  ])
  .openapi('QueueName', {
    description:
      'useful: unidentified, what teaches most first; unsure: unidentified, least probable first; results: whose answers would change the results of the season most (a taxon at a station in a week that nobody has confirmed there); conflict: people disagree; wrongLabel: identified as one taxon, but everything else suggests another; novel: more probably new than any known taxon; firstHere: the picture alone suggests a taxon that was never met at its station, although others were, most probable first; unidentified: newest first; falseTrigger: the detector found nothing in the photo; recent: identified by people, latest first; flagged: in photos that somebody flagged, newest first; secondLook: for somebody other than who identified it: conflicts, one in twenty, and the first ten of everybody; marked: as no animal, unknown, a person or a vehicle, or in a photo that is marked empty or unusable, newest first.',
  })
export type QueueName = z.infer<typeof queueNameSchema>

export const queueCountSchema = namedObject('QueueCount', {
  name: queueNameSchema,
  count: z.number().int(),
  capped: z.boolean().openapi({ description: 'There are more than `count`.' }),
})
export type QueueCount = z.infer<typeof queueCountSchema>

/** What lists can be narrowed by. */
export const filterChoicesSchema = namedObject('FilterChoices', {
  deployments: z.array(z.string()),
  sites: z.array(z.string()).openapi({ description: 'Stations: a camera without one is a station of its own.' }),
  people: z.array(z.string()),
})
export type FilterChoices = z.infer<typeof filterChoicesSchema>

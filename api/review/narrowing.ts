// What narrows lists of detections: the query of a request, and the filter that the database takes.

import { z } from '@hono/zod-openapi'
import { NotFound } from '../../db/errors.ts'
import { getOwnFields } from '../../db/own-fields.ts'
import { listAssignments } from '../../db/people/assignments.ts'
import { deploymentMeant, stationMeant } from '../../db/photos/deployments.ts'
import type { Assigned, DetectionNarrowing } from '../../db/photos/queue-conditions.ts'
import { personMeant } from '../../db/photos/queues.ts'
import { getAgreement } from '../../db/settings.ts'
import { detectionMarkSchema } from '../contract/detection.ts'
import { soughtSchema } from '../contract/exchange/text.ts'
import { numericId } from '../contract/id.ts'
import type { Caller } from '../http/router.ts'
import { requireTaxon } from '../present/taxa.ts'
import type { Service } from '../service.ts'
import { ownWanted } from './own-fields.ts'

const momentSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/, 'Expected a day or a time without a zone, such as 2024-05-01')
  .refine(isMoment, 'Expected a day of the calendar and a time of the day')
const share = z.coerce.number().min(0).max(1)

export const narrowingSchema = z.object({
  state: z.enum(['unidentified', 'identified', 'conflict', 'proposed']).optional(),
  kind: z.enum(['animal', 'person', 'vehicle']).optional(),
  mark: z
    .enum([...detectionMarkSchema.options, 'empty', 'unusable'])
    .optional()
    .openapi({ description: 'Marked so by people; empty and unusable: in a photo marked so.' }),
  taxon: numericId.optional().openapi({
    description: 'Identified as this taxon or one below it; an unidentified animal counts for its suggestion.',
  }),
  sure: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .openapi({
      description:
        'Whether the answer is sure of a taxon: it stops there with 80 % right answers. With `taxon`: of this one or one below it.',
    }),
  mediaId: numericId.optional(),
  importId: numericId.optional(),
  deployment: soughtSchema.optional().openapi({ description: 'The name of a camera’s place.' }),
  site: soughtSchema.optional().openapi({ description: 'The name of a station: all cameras that stood there.' }),
  from: momentSchema.optional().openapi({ description: 'From this day or time on, by the photo’s own clock.' }),
  to: momentSchema.optional().openapi({ description: 'To the end of this day, or to this time.' }),
  unlikely: z.enum(['hide', 'only']).optional().openapi({
    description:
      'Boxes that wait and are probably no animals, by what people said of other boxes. hide: without them; only: only they; by default all boxes are listed.',
  }),
  minConfidence: share.optional(),
  maxConfidence: share.optional(),
  person: soughtSchema.optional().openapi({ description: 'Identified by this person.' }),
  group: z.string().max(300).optional().openapi({ description: 'The `groupKey` of a detection.' }),
  sex: z.enum(['female', 'male']).optional(),
  lifeStage: z.enum(['adult', 'subadult', 'juvenile']).optional(),
  behaviour: soughtSchema.optional(),
  individual: soughtSchema.optional(),
  counted: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .openapi({ description: 'Whether somebody said how many there are.' }),
  own: z.string().max(4000).optional().openapi({
    description:
      'Of the project’s own fields, each on a line: `ID:VALUE`, of numbers also `ID:2..5`, `ID:2..` or `ID:..5`. GET /api/observations/fields lists them.',
  }),
  standing: z.enum(['duplicate', 'mismatch', 'unique', 'representative', 'hard']).optional().openapi({
    description:
      'How it stands among all others. duplicate: almost the same as one of another burst; mismatch: which is identified as something else; unique: `uniqueness` of 0.75 or more; representative: `representativeness` of 0.75 or more; hard: as hard to tell as two equally probable taxa.',
  }),
  mine: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .openapi({ description: 'What is assigned to who asks: /api/assignments.' }),
  selection: numericId.optional().openapi({ description: 'In this selection: POST /api/selections.' }),
})
type Narrowing = z.output<typeof narrowingSchema>
type Asker = { person: string; caller: Pick<Caller, 'personId'> }

/** A query's filters as ids and times. Throws NotFound for a taxon or deployment that is not there. */
export async function narrowingOf(
  service: Service,
  query: Narrowing,
  asker: Asker | null = null,
): Promise<DetectionNarrowing> {
  const { taxon, deployment, site, person, to, group, selection, mine, own, ...same } = query
  const { db } = service
  if (taxon !== undefined) await requireTaxon(service, taxon)
  const camera = deployment === undefined ? undefined : await deploymentMeant(db, deployment)
  if (camera === null) throw new NotFound('deployment', deployment ?? '')
  return {
    ...same,
    taxonIds: taxon === undefined ? undefined : service.learning.taxonomy.subtree(taxon),
    deploymentId: camera?.id,
    site: site === undefined ? undefined : ((await stationMeant(db, site)) ?? site),
    person: person === undefined ? undefined : ((await personMeant(db, person)) ?? person),
    before: to === undefined ? undefined : after(to),
    groupKey: group,
    selectionId: selection,
    own: own === undefined ? undefined : ownWanted(await getOwnFields(db), own),
    ...(asker && { asker: { person: asker.person, several: (await getAgreement(db)) !== 'one' } }),
    ...(mine && { assigned: await assignedTo(service, asker?.caller.personId ?? null) }),
  }
}

/** Nothing where nobody is signed in by name. */
async function assignedTo({ db, learning }: Service, personId: number | null): Promise<Assigned[]> {
  if (personId === null) return []
  return (await listAssignments(db, personId)).map(({ deploymentId, taxonId, part, parts }) => ({
    deploymentId,
    taxonIds: taxonId === null ? null : learning.taxonomy.subtree(taxonId),
    share: part === null || parts === null ? null : { part, parts },
  }))
}

/** "2024-05-01" or "2024-05-01T06:13" to the second. */
const toSeconds = (text: string) => (text.length === 10 ? `${text}T00:00:00` : text.padEnd(19, ':00'))

/** False for the 31st of February. */
function isMoment(text: string): boolean {
  const time = Date.parse(`${toSeconds(text)}Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

/** The first second after a day, a minute or a second. */
function after(text: string): string {
  const step = text.length === 10 ? 86_400_000 : text.length === 16 ? 60_000 : 1000
  return new Date(Date.parse(`${toSeconds(text)}Z`) + step).toISOString().slice(0, 19)
}

// A deployment: a camera that stood at one place for a while. Its times are those of the place's clock, without a zone.

import { z } from '@hono/zod-openapi'
import { actionSchema } from '../action.ts'
import { textSchema, tidyText } from '../exchange/text.ts'
import { idSchema } from '../id.ts'
import { namedObject } from '../named.ts'

const line = textSchema.overwrite(tidyText).min(1).max(300)
const DAY_SECONDS = 86_400

/** Accepts "2024-05-01T06:13", with or without seconds, and a blank instead of the T. */
export const clockTimeSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?$/, 'Expected a time such as 2024-05-01T06:13:00, without a zone')
  .transform((text) => `${text.replace(' ', 'T')}${text.length === 16 ? ':00' : ''}`)
  .refine((text) => isRealTime(text), 'Expected a day that exists')
  .openapi({ example: '2024-05-01T06:13:00' })

const isRealTime = (text: string) => {
  const at = Date.parse(`${text}Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 19) === text
}

export const problemPeriodSchema = z
  .object({ from: clockTimeSchema, to: clockTimeSchema, what: textSchema.trim().max(300).default('') })
  .refine(({ from, to }) => from < to, 'Expected a problem period to end after it began')
  .openapi('ProblemPeriod', { description: 'A time in which the camera did not work: battery, theft, a fallen tree.' })

const fields = {
  name: line,
  station: line.nullable().openapi({
    description: 'The place. Deployments of one place are one station of the results. null: called as the deployment.',
  }),
  latitude: z.number().min(-90).max(90).nullable(),
  longitude: z.number().min(-180).max(180).nullable(),
  start: clockTimeSchema.nullable().openapi({ description: 'When the camera was set up.' }),
  end: clockTimeSchema.nullable().openapi({ description: 'When it was taken down.' }),
  camera: line.nullable(),
  clockOffsetSeconds: z
    .number()
    .int()
    .min(-24_800 * DAY_SECONDS)
    .max(24_800 * DAY_SECONDS)
    .openapi({
      description:
        'What must be added to what the camera’s clock said. Times of its photos have it in them; what EXIF says is kept.',
    }),
  problems: z.array(problemPeriodSchema).max(1000),
  tags: z.array(line).max(100),
  notes: textSchema.max(10_000),
}

export const deploymentSchema = namedObject('Deployment', {
  id: idSchema,
  ...fields,
  revision: z.number().int().openapi({ description: 'Grows with every change.' }),
  photos: z.number().int(),
  undated: z.number().int().openapi({ description: 'Photos without a time.' }),
  firstPhoto: z.string().nullable(),
  lastPhoto: z.string().nullable(),
})
export type Deployment = z.infer<typeof deploymentSchema>

const changeable = z.object(fields).partial()
type Changeable = z.output<typeof changeable>

/** Faults that only several fields together show. */
const together = ({ start, end, latitude, longitude }: Changeable): string | null => {
  if (start != null && end != null && start > end) return 'Expected the end not to be before the start'
  if (latitude !== undefined && longitude !== undefined && (latitude === null) !== (longitude === null))
    return 'Expected both latitude and longitude, or neither'
  return null
}

const checked = <S extends z.ZodType<Changeable>>(schema: S) =>
  schema.superRefine((value, context) => {
    const message = together(value)
    if (message !== null) context.addIssue({ code: 'custom', message })
  })

export const deploymentStateSchema = checked(z.object(fields))
export type DeploymentFields = z.output<typeof deploymentStateSchema>

export const newDeploymentSchema = checked(z.object({ ...changeable.shape, name: line })).openapi('NewDeployment')
export type NewDeployment = z.output<typeof newDeploymentSchema>

export const deploymentChangeSchema = checked(
  z.object({
    ...changeable.shape,
    revision: z.number().int().optional().openapi({
      description: 'The revision that the change was made for; 409 where somebody changed the deployment since.',
    }),
  }),
).openapi('DeploymentChange')
export type DeploymentChange = z.output<typeof deploymentChangeSchema>

export const deploymentAnswerSchema = namedObject('DeploymentAnswer', {
  deployment: deploymentSchema,
  action: actionSchema.nullable().openapi({ description: 'null: everything was so already.' }),
  movedPhotos: z.number().int().openapi({
    description: 'Photos that belong to another deployment now, because its place and dates fit their time.',
  }),
})
export type DeploymentAnswer = z.infer<typeof deploymentAnswerSchema>

export const removedDeploymentSchema = namedObject('RemovedDeployment', {
  action: actionSchema,
  photos: z.number().int().openapi({ description: 'They have no deployment now.' }),
})
export type RemovedDeployment = z.infer<typeof removedDeploymentSchema>

export const deploymentTableSchema = namedObject('DeploymentTable', {
  format: z.enum(['clavis', 'camtrap-dp']),
  added: z.array(z.string()).openapi({ description: 'Names.' }),
  changed: z.array(z.string()),
  unchanged: z.number().int(),
  faults: z
    .array(z.object({ line: z.number().int(), message: z.string() }))
    .openapi({ description: 'Rows that were left out, with the reason.' }),
  movedPhotos: z.number().int(),
  action: actionSchema.nullable(),
})
export type DeploymentTable = z.infer<typeof deploymentTableSchema>

export const timeZoneSchema = namedObject('TimeZone', {
  timeZone: z
    .string()
    .max(100)
    .refine((zone) => isZone(zone), 'Expected an IANA zone such as Europe/Brussels')
    .nullable()
    .openapi({ description: 'The zone of the cameras’ clocks, such as Europe/Brussels; null: nobody said.' }),
})
export type TimeZone = z.infer<typeof timeZoneSchema>

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== null
  } catch {
    return false
  }
}

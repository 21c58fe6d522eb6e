// Deployments as a table: this service's template, and Camtrap DP's deployments.csv. Reading tells the two apart by
// their columns.

import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { type DeploymentFields, deploymentStateSchema } from '../../contract/survey/deployment.ts'
import { sentence } from '../../http/sentences.ts'
import { decodeText } from '../../interchange/plain-text.ts'
import { mendTable } from '../../interchange/table-text.ts'
import { UNSAID } from '../../present/deployments.ts'

export type TableFormat = 'clavis' | 'camtrap-dp'

const COLUMNS = [
  'name',
  'station',
  'latitude',
  'longitude',
  'start',
  'end',
  'camera',
  'clockOffset',
  'problems',
  'tags',
  'notes',
] as const

/** What a row says; a column that the table lacks says nothing. */
export type TableRow = { line: number; name: string; fields: Partial<DeploymentFields> }
export type ReadTable = { format: TableFormat; rows: TableRow[]; faults: { line: number; message: string }[] }

/** A table that cannot be used at all, in a sentence. */
export class TableError extends Error {
  override name = 'TableError'
}

/** `localTime`: what a clock at the place showed at a time that the table gives with a zone. */
export function readTable(bytes: Uint8Array, localTime: (time: string) => string): ReadTable {
  const table = mendTable(decodeText(bytes))
  const read: { record: Record<string, string>; info: { lines: number } }[] = parse(table.text, {
    ...table.options,
    columns: true,
    info: true,
  })
  const header = Object.keys(read[0]?.record ?? {})
  const format = header.includes('deploymentID') ? 'camtrap-dp' : 'clavis'
  if (format === 'clavis' && !header.includes('name'))
    throw new TableError(
      'Expected a table with the column name, or deploymentID as Camtrap DP has it, and at least one row.',
    )
  const faults: ReadTable['faults'] = []
  const rows = new Map<string, TableRow>()
  for (const { record, info } of read) {
    const line = info.lines
    const fault = (message: string) => faults.push({ line, message })
    const columns = format === 'clavis' ? record : ofCamtrapDp(record)
    const fields = fieldsOf(columns, localTime)
    const parsed = deploymentStateSchema.safeParse({ ...UNSAID, ...fields })
    if (!parsed.success) fault(parsed.error.issues.map((issue) => sentence(issue, fields)).join(' '))
    else if (rows.has(parsed.data.name))
      fault(`Expected each name once, but ${parsed.data.name} is in an earlier row already.`)
    else {
      const said = Object.keys(fields)
      const kept = Object.fromEntries(Object.entries(parsed.data).filter(([key]) => said.includes(key)))
      rows.set(parsed.data.name, { line, name: parsed.data.name, fields: kept })
    }
  }
  return { format, rows: [...rows.values()], faults }
}

type Columns = Partial<Record<(typeof COLUMNS)[number], string>>

/** The columns of Camtrap DP by ours. `deploymentID` is the name, because media and observations refer to it. */
function ofCamtrapDp(record: Record<string, string>): Columns {
  const tags = [record.deploymentGroups, record.deploymentTags].filter((one) => one !== undefined && one !== '')
  return {
    name: record.deploymentID,
    station: record.locationName || record.locationID,
    latitude: record.latitude,
    longitude: record.longitude,
    start: record.deploymentStart,
    end: record.deploymentEnd,
    camera: record.cameraID || record.cameraModel,
    tags: tags.join('|'),
    notes: record.deploymentComments,
  }
}

/** Cells as fields that the schema has yet to check; columns that are missing stay out. */
function fieldsOf(columns: Columns, localTime: (time: string) => string): Record<string, unknown> {
  const text = (cell: string | undefined) => (cell === undefined ? undefined : restored(cell))
  const orNull = (cell: string | undefined) => (cell === undefined ? undefined : restored(cell) || null)
  const time = (cell: string | undefined) => (cell ? localTime(cell) : orNull(cell))
  const list = (cell: string | undefined) => cell?.split('|').map((one) => restored(one.trim()))
  const fields = {
    name: text(columns.name),
    station: orNull(columns.station),
    latitude: degreesOf(columns.latitude),
    longitude: degreesOf(columns.longitude),
    start: time(columns.start),
    end: time(columns.end),
    camera: orNull(columns.camera),
    clockOffsetSeconds: secondsOf(columns.clockOffset),
    problems: columns.problems?.split('|').flatMap((one) => periodOf(one.trim(), localTime)),
    tags: list(columns.tags)?.filter((tag) => tag !== ''),
    notes: text(columns.notes),
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** A comma as the decimal sign is what spreadsheets write in half of Europe. */
function degreesOf(cell: string | undefined): number | string | null | undefined {
  if (cell === undefined || cell === '') return cell === '' ? null : undefined
  const value = Number(cell.replace(',', '.'))
  return Number.isNaN(value) ? cell : value
}

/** "3600", "-01:00:00" or "1 d 02:00:00" as seconds; what is none of these as it is, for the schema to refuse. */
function secondsOf(cell: string | undefined): number | string | undefined {
  if (cell === undefined) return undefined
  const plain = restored(cell)
  if (plain === '') return 0
  const match = /^([+-]?)(?:(\d+) d )?(\d+):(\d\d)(?::(\d\d))?$/.exec(plain)
  if (!match) return Number.isNaN(Number(plain)) ? plain : Number(plain)
  const [, sign, days = '0', hours, minutes, seconds = '0'] = match
  const total = Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return sign === '-' ? -total : total
}

/** "2024-05-01T06:00/2024-05-03T12:00 battery" */
function periodOf(text: string, localTime: (time: string) => string) {
  if (text === '') return []
  const match = /^([^/]+)\/(\S+)\s*(.*)$/.exec(text)
  return [match ? { from: localTime(match[1]!.trim()), to: localTime(match[2]!), what: match[3] ?? '' } : text]
}

/**
 * A spreadsheet takes text that begins like this for a formula: exports write an apostrophe before it, imports remove
 * it.
 */
const FORMULA = /^[=+\-@\t\r]/
const harmless = (text: string) => (FORMULA.test(text) ? `'${text}` : text)
const restored = (cell: string) => (cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell)

/** This service's template; without rows it is one line. */
export function writeTable(deployments: readonly DeploymentFields[]): string {
  const period = ({ from, to, what }: DeploymentFields['problems'][number]) => `${from}/${to} ${what}`.trim()
  const rows = deployments.map((one) => ({
    ...textsOf(one),
    clockOffset: one.clockOffsetSeconds === 0 ? '' : one.clockOffsetSeconds,
    problems: one.problems.map(period).join('|'),
    tags: harmless(one.tags.join('|')),
    notes: harmless(one.notes),
  }))
  return stringify(rows, { header: true, columns: [...COLUMNS] })
}

const textsOf = (one: DeploymentFields) => ({
  name: harmless(one.name),
  station: one.station === null ? '' : harmless(one.station),
  latitude: one.latitude,
  longitude: one.longitude,
  start: one.start,
  end: one.end,
  camera: one.camera === null ? '' : harmless(one.camera),
})

// What a row of observations says of its photo.

import type { Observation } from '../../../../../db/photos/observations.ts'
import type { Bbox } from '../../../../../db/schema.ts'
import { clipBox } from '../../boxes.ts'
import { numberOf, shareOf } from '../../json-entries.ts'
import { kindOf } from '../../labels.ts'
import {
  type Box,
  type EventRecord,
  loseBox,
  type PhotoRecord,
  type Statement,
  type TaxonWords,
} from '../../records.ts'

import { cell, decimal, decimalShare, type Row } from '../../table-rows.ts'

export type Sighting = {
  id: string
  eventId: string
  type: string
  verified: boolean
  by: string | null
  /** At a setup, people work on the camera, whatever else the row says. */
  setup: boolean
  bbox: Bbox | null
  /** The row has one, perhaps without area. */
  hasBox: boolean
  said: Statement | null
  observed: Observation | null
  /** 0..1, of a machine. */
  probability: number | null
  /** What this service writes into the tags, because the format has no columns for it. */
  tags: { sequence: string | null; detector: string | null; confidence: number | null }
}

export const sightingOf = (row: Row, taxa: Map<string, TaxonWords>): Sighting => {
  const verified = cell(row, 'classificationMethod') === 'human'
  return {
    id: cell(row, 'observationID'),
    eventId: cell(row, 'eventID'),
    type: cell(row, 'observationType'),
    verified,
    by: cell(row, 'classifiedBy') || null,
    setup: cell(row, 'cameraSetupType') !== '',
    bbox: clipBox(['bboxX', 'bboxY', 'bboxWidth', 'bboxHeight'].map((name) => decimal(row, name))),
    hasBox: cell(row, 'bboxWidth') !== '',
    said: statementOf(row, taxa),
    observed: verified ? observedOf(row) : null,
    probability: decimalShare(row, 'classificationProbability'),
    tags: {
      sequence: tagOf(row, 'sequence'),
      detector: tagOf(row, 'detector'),
      confidence: shareOf(tagOf(row, 'confidence') ?? ''),
    },
  }
}

function statementOf(row: Row, taxa: Map<string, TaxonWords>): Statement | null {
  const name = cell(row, 'scientificName')
  const animal = cell(row, 'observationType') === 'animal' && name !== '' && kindOf(name) === null
  const verified = cell(row, 'classificationMethod') === 'human'
  const by = cell(row, 'classifiedBy') || null
  const score = verified ? null : decimalShare(row, 'classificationProbability')
  if (!animal || cell(row, 'cameraSetupType') !== '') return null
  return { taxon: taxa.get(name) ?? { label: name, scientificName: name }, verified, by, score }
}

export const eventOf = (row: Row, taxa: Map<string, TaxonWords>): EventRecord => {
  const said = statementOf(row, taxa)
  return {
    type: 'event',
    id: cell(row, 'eventID') || cell(row, 'observationID'),
    deployment: cell(row, 'deploymentID') || null,
    start: cell(row, 'eventStart') || null,
    end: cell(row, 'eventEnd') || null,
    count: numberOf(cell(row, 'count')),
    statements: said === null ? [] : [said],
  }
}

/** Changes `photo`. */
export function addSighting(photo: PhotoRecord, sighting: Sighting): void {
  const { type, verified, by, setup, bbox, hasBox, said, observed, probability, tags } = sighting
  if (hasBox && bbox === null) loseBox(photo)
  photo.group ??= (tags.sequence ?? sighting.eventId) || null
  if (type === 'blank') photo.empty = { verified, by }
  if (bbox === null) {
    if (said !== null) photo.statements.push(said)
    if (observed !== null) photo.observed ??= observed
    return
  }
  photo.searched = true
  const kind: Box['kind'] = setup || type === 'human' ? 'person' : type === 'vehicle' ? 'vehicle' : 'animal'
  // Several rows of one box: what several people and machines say of one animal.
  const same = photo.boxes.find((box) => box.kind === kind && String(box.bbox) === String(bbox))
  const box = same ?? { bbox, kind, confidence: null, suppressed: false, statements: [] }
  if (same === undefined) photo.boxes.push(box)
  if (said !== null) box.statements.push(said)
  if (observed !== null) box.observed ??= observed
  photo.detector ??= tags.detector ?? (verified ? null : (by ?? 'a machine'))
  if (tags.detector !== null) box.confidence ??= tags.confidence
  else if (!verified && same === undefined) box.confidence = probability
}

const tagsOf = (row: Row): string[] =>
  cell(row, 'observationTags')
    .split('|')
    .map((tag) => tag.trim())

const tagOf = (row: Row, key: string): string | null =>
  tagsOf(row)
    .find((tag) => tag.startsWith(`${key}:`))
    ?.slice(key.length + 1) ?? null

/** Tags such as `coat:red` may be of the project's own fields; the service knows which. */
function ownOf(row: Row): Pick<Observation, 'own'> {
  const tags = tagsOf(row).flatMap((tag) => {
    const [, name = '', value = ''] = /^([^:]+):(.+)$/.exec(tag) ?? []
    return name === '' || ['sequence', 'detector', 'confidence'].includes(name) ? [] : [[name.trim(), value.trim()]]
  })
  return tags.length === 0 ? {} : { own: Object.fromEntries(tags) }
}

function observedOf(row: Row): Observation | null {
  const count = numberOf(cell(row, 'count'))
  const sex = cell(row, 'sex')
  const stage = cell(row, 'lifeStage')
  const observed: Observation = {
    // One animal in a box is what nobody needs to say.
    count: count !== null && count > 1 ? count : null,
    sex: sex === 'female' || sex === 'male' ? sex : null,
    lifeStage: stage === 'adult' || stage === 'subadult' || stage === 'juvenile' ? stage : null,
    behaviour: cell(row, 'behavior') || null,
    individual: cell(row, 'individualID') || null,
    ...ownOf(row),
  }
  return Object.values(observed).some((value) => value !== null) ? observed : null
}

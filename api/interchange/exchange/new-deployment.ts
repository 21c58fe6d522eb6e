// Deployments of another program as this service takes them.

import type { NewDeployment } from '../../contract/survey/deployment.ts'
import { keptText, localTimeOf } from './photo-facts.ts'
import type { DeploymentRecord } from './records.ts'

const LONGEST = 300

/** What cannot be right (a day without a time is one at midnight; an end before its start) stays unsaid. */
export function newDeployment(record: DeploymentRecord): NewDeployment {
  const name = keptText(record.name, LONGEST)
  const start = timeOf(record.start)
  const end = timeOf(record.end)
  const { latitude, longitude } = record
  const isPlace = latitude !== null && longitude !== null && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  const station = keptText(record.station, LONGEST)
  const camera = keptText(record.camera, LONGEST)
  return {
    name,
    ...(isPlace && { latitude, longitude }),
    ...(start !== null && { start }),
    ...(end !== null && (start === null || start <= end) && { end }),
    ...(station !== '' && station !== name && { station }),
    ...(camera !== '' && { camera }),
  }
}

const timeOf = (text: string | null): string | null =>
  localTimeOf(text !== null && /^\d{4}-\d\d-\d\d$/.test(text.trim()) ? `${text.trim()}T00:00:00` : text)

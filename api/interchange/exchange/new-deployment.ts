// Deployments of another program as this service takes them.

import { tidyText } from '../../contract/exchange/text.ts'
import type { NewDeployment } from '../../contract/survey/deployment.ts'
import { localTimeOf } from './photo-facts.ts'
import type { DeploymentRecord } from './records.ts'

const LONGEST = 300

/** What cannot be right (a day without a time is one at midnight; an end before its start) stays unsaid. */
export function newDeployment(record: DeploymentRecord): NewDeployment {
  const name = tidyText(record.name).slice(0, LONGEST)
  const start = timeOf(record.start)
  const end = timeOf(record.end)
  const { latitude, longitude } = record
  const isPlace = latitude !== null && longitude !== null && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  const station = tidyText(record.station ?? undefined).slice(0, LONGEST)
  const camera = tidyText(record.camera ?? undefined).slice(0, LONGEST)
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

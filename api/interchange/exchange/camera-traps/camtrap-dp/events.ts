// Statements about events become proposals for the photos of that time at that deployment, because they do not say
// which photo shows the animal: not where rows of the event's photos say the same.

import { leftOut } from '../../left-out.ts'
import type { EventRecord, ExchangeRecord, PhotoRecord, Statement } from '../../records.ts'
import { openGathering } from '../../spool/gathering.ts'

export type Events = {
  addEvent(event: EventRecord): void
  /** A row about a photo says so. */
  addTold(deployment: string | null, eventId: string, said: Statement): void
  /** False where no event can say anything of it. */
  addPhoto(photo: PhotoRecord): boolean
  /** The added photos with what is proposed for them, and events that nobody can use. */
  photos(): Iterable<ExchangeRecord>
  /** Gives its room back. */
  close(): void
}

const DAY_MS = 86_400_000
/** An event is laid beside the photos of each of its days. */
const MOST_DAYS = 400

/** By deployment and event. */
type OfEvent = { event: EventRecord } | { told: string }
/** By deployment and day. */
type OfDay = { photo: PhotoRecord; at: number } | { start: number; end: number; statements: Statement[] }

export function openEvents(scratch?: string): Events {
  const ofEvent = openGathering<OfEvent>(scratch)
  const ofDay = openGathering<OfDay>(scratch)
  let hasStatements = false
  const eventKey = (deployment: string | null, id: string) => JSON.stringify([deployment ?? '', id])
  const dayKey = (deployment: string | null, at: number) => JSON.stringify([deployment ?? '', Math.floor(at / DAY_MS)])

  function* layEvents(): Generator<ExchangeRecord> {
    for (const { rows } of ofEvent.groups()) {
      const told = new Set(rows.flatMap((one) => ('told' in one ? [one.told] : [])))
      for (const one of rows) {
        if (!('event' in one)) continue
        const { event } = one
        const statements = event.statements.filter(({ taxon }) => !told.has(taxon.label))
        const start = Date.parse(event.start ?? '')
        const end = Date.parse(event.end ?? '')
        if (statements.length === 0 || !(end >= start)) continue
        if (end - start > MOST_DAYS * DAY_MS)
          yield leftOut(`event ${event.id}`, `It is longer than ${MOST_DAYS} days, so it proposes nothing for photos.`)
        else
          for (let at = Math.floor(start / DAY_MS) * DAY_MS; at <= end; at += DAY_MS)
            ofDay.add(dayKey(event.deployment, at), { start, end, statements })
      }
    }
  }

  return {
    addEvent(event) {
      if (event.statements.length === 0) return
      hasStatements = true
      ofEvent.add(eventKey(event.deployment, event.id), { event })
    },
    addTold(deployment, eventId, { taxon }) {
      if (hasStatements) ofEvent.add(eventKey(deployment, eventId), { told: taxon.label })
    },
    addPhoto(photo) {
      const at = Date.parse(photo.capturedAt ?? '')
      if (!hasStatements || Number.isNaN(at)) return false
      ofDay.add(dayKey(photo.deployment, at), { photo, at })
      return true
    },
    *photos() {
      yield* layEvents()
      for (const { rows } of ofDay.groups()) {
        const events = rows.filter((one) => 'statements' in one)
        for (const one of rows) {
          if (!('photo' in one)) continue
          for (const { start, end, statements } of events)
            if (one.at >= start && one.at <= end) propose(one.photo, statements)
          yield one.photo
        }
      }
    },
    close() {
      ofEvent.close()
      ofDay.close()
    },
  }
}

/** A row about this photo says more than one about its event. */
function propose(photo: PhotoRecord, statements: Statement[]): void {
  for (const said of statements) {
    const all = [...photo.statements, ...photo.boxes.flatMap((box) => box.statements)]
    if (!all.some((one) => one.taxon.label === said.taxon.label)) photo.statements.push({ ...said, verified: false })
  }
}

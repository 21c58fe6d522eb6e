// Events of a Camtrap DP package: the product's own independent events, of each species at each deployment.

import {
  DEFAULT_EVENT_RULE,
  type IndependentEvent,
  independentEvents,
  type Sighting,
} from '../../../independent-events.ts'
import { readClock } from '../../../local-time.ts'
import type { TaxonWords } from '../../records.ts'
import type { ExportSource, WrittenBox, WrittenPhoto } from '../writer.ts'
import { type Place, placeOf } from './places.ts'

export type WrittenEvents = {
  all: (Omit<IndependentEvent, 'taxonId'> & { id: string; deployment: string; taxon: TaxonWords; seen: Seen })[]
  /** The event that shows the taxon in that photo; null where there is none. */
  idOf(photo: WrittenPhoto, taxon: TaxonWords): string | null
}

/** What people said of all animals of an event. A set of one value is true of the event. */
export type Seen = {
  by: Set<string>
  sex: Set<string | null>
  lifeStage: Set<string | null>
  behaviour: Set<string | null>
  individual: Set<string | null>
}

const keyOf = ({ scientificName, label }: TaxonWords) => scientificName ?? label

/** Keeps some 100 bytes for each animal that was named. */
export async function openEvents(source: ExportSource, places: Map<string, Place>): Promise<WrittenEvents> {
  const deployments = [...places.keys()]
  const numbers = new Map(deployments.map((name, i) => [name, i + 1]))
  const taxa = new Map<string, { number: number; taxon: TaxonWords }>()
  const sightings: Sighting[] = []
  const seen = new Map<string, Seen>()
  for await (const photo of source.photos()) {
    const place = placeOf(photo, places)
    if (place === null || photo.capturedAt === null || photo.isEmpty) continue
    for (const boxes of animalsOf(photo)) {
      const taxon = boxes[0]!.taught!
      const known = taxa.get(keyOf(taxon)) ?? { number: taxa.size + 1, taxon }
      taxa.set(keyOf(taxon), known)
      const counts = boxes.flatMap(({ observed }) => observed?.count ?? [])
      sightings.push({
        mediaId: Number(photo.id),
        deploymentId: numbers.get(place.id) ?? null,
        stationId: null,
        taxonId: known.number,
        takenAt: readClock(photo.capturedAt),
        individuals: boxes.length,
        counted: counts.length === 0 ? null : Math.max(...counts),
      })
      seen.set(`${photo.id} ${known.number}`, seenIn(boxes))
    }
  }
  const byNumber = new Map([...taxa.values()].map(({ number, taxon }) => [number, taxon]))
  const ids = new Map<string, string>()
  const all = independentEvents(sightings, DEFAULT_EVENT_RULE).map(({ taxonId, ...event }, i) => {
    const id = `event-${i + 1}`
    for (const mediaId of event.mediaIds) ids.set(`${mediaId} ${taxonId}`, id)
    const said = event.mediaIds.flatMap((mediaId) => seen.get(`${mediaId} ${taxonId}`) ?? [])
    const deployment = deployments[(event.deploymentIds[0] ?? 1) - 1]!
    return { ...event, id, deployment, taxon: byNumber.get(taxonId)!, seen: together(said) }
  })
  return { all, idOf: (photo, taxon) => ids.get(`${photo.id} ${taxa.get(keyOf(taxon))?.number}`) ?? null }
}

/** The animals of a photo that count, by their taxon. */
function animalsOf(photo: WrittenPhoto): WrittenBox[][] {
  const groups = new Map<string, WrittenBox[]>()
  for (const box of photo.boxes)
    if (box.kind === 'animal' && box.taught !== null)
      groups.set(keyOf(box.taught), [...(groups.get(keyOf(box.taught)) ?? []), box])
  return [...groups.values()]
}

const seenIn = (boxes: WrittenBox[]): Seen => ({
  by: new Set(boxes.flatMap(({ statements }) => statements.flatMap((one) => (one.verified ? one.by : [])))),
  sex: new Set(boxes.map(({ observed }) => observed?.sex ?? null)),
  lifeStage: new Set(boxes.map(({ observed }) => observed?.lifeStage ?? null)),
  behaviour: new Set(boxes.map(({ observed }) => observed?.behaviour ?? null)),
  individual: new Set(boxes.map(({ observed }) => observed?.individual ?? null)),
})

const together = (all: Seen[]): Seen => ({
  by: new Set(all.flatMap(({ by }) => [...by])),
  sex: new Set(all.flatMap(({ sex }) => [...sex])),
  lifeStage: new Set(all.flatMap(({ lifeStage }) => [...lifeStage])),
  behaviour: new Set(all.flatMap(({ behaviour }) => [...behaviour])),
  individual: new Set(all.flatMap(({ individual }) => [...individual])),
})

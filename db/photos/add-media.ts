// Photos that come in, new ones and those whose bytes are known. The same bytes are the same media.

import { eq, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import { timeInName } from '../name-time.ts'
import {
  type Bbox,
  deployment,
  type Failure,
  importBatch,
  type MediaMark,
  type MediaStatus,
  media,
  type PendingFindings,
  type PendingLabel,
} from '../schema.ts'
import { getDeployments, type Placed, placePhoto, takeBackDeployment } from './deployments.ts'
import { attachFindings, markUnidentified } from './findings.ts'
import { labelIndexedMedia } from './labels.ts'
import { changeNotes, type Media } from './media.ts'
import { joinSequence, refreshGroupKeysOf } from './sequences.ts'

export type MediaFacts = {
  /** Of the photo's bytes, hexadecimal. */
  sha256: string
  filename: string
  mimeType: string
  bytes: number
  /** As EXIF has it: "2024:05:01 06:13:22". */
  capturedRaw?: string | null
  /** The same without a zone: "2024-05-01 06:13:22". */
  capturedAt?: string | null
  latitude?: number | null
  longitude?: number | null
  importId?: number | null
  /** The camera's name; a new deployment is made for a new one. */
  deployment?: string | null
  /** An individual or a burst: photos of one group count as one, whenever they were taken. */
  group?: string | null
  /** What the photo shows. It becomes identifications when the photo is indexed. */
  label?: PendingLabel | null
  /** Boxes of the animals. With them the detector does not run. */
  boxes?: Bbox[] | null
  /** What another program or its people found. */
  findings?: PendingFindings | null
  /** Somebody looked, and there is no animal, or nothing to be seen. */
  mark?: MediaMark | null
  notes?: string
  favourite?: boolean
}

export type AddedMedia = {
  id: number
  status: MediaStatus
  failure: Failure | null
  existed: boolean
  /** The deployment that the photo keeps although another one was given; absent where nothing was in dispute. */
  keptDeployment?: string
  /** Boxes of another program that lie on none of the photo's; absent: none. */
  unplacedBoxes?: number
}

/**
 * Adds a photo to be indexed. The same bytes are the same media: a label, boxes, a deployment or a group that were
 * missing are added, and nothing is overwritten. A label for a photo that is already indexed becomes identifications at
 * once. Boxes for one that nobody has identified send it back to the queue, to be indexed with them.
 */
export async function addMedia(db: Db, facts: MediaFacts): Promise<AddedMedia> {
  // Where the photo says no time, the name of its file may.
  const ownTime = facts.capturedAt ?? timeInName(facts.filename)
  const withTime = { ...facts, capturedAt: ownTime }
  // Most photos of most imports are new and without a deployment: one statement is enough for them.
  if (!facts.deployment) {
    const added = await insertMedia(db, withTime, null)
    if (added) return added
  }
  return await db.transaction(async (tx) => {
    // A known photo's time is in its row: an offer of known photos does not carry it.
    const capturedAt = facts.capturedAt ?? (facts.deployment ? ((await knownTime(tx, facts.sha256)) ?? ownTime) : null)
    const placed = facts.deployment ? await placePhoto(tx, facts.deployment, capturedAt, { lock: true }) : null
    const added = await insertMedia(tx, withTime, placed)
    if (added) {
      if (placed !== null && ownTime !== null)
        await joinSequence(tx, {
          id: added.id,
          deploymentId: placed.id,
          capturedAt: shifted(ownTime, placed.clockOffsetSeconds),
        })
      return added
    }
    const [existing] = await tx.select().from(media).where(eq(media.sha256, facts.sha256)).for('update')
    if (!existing) throw new NotFound('media', facts.sha256)
    if (facts.importId && facts.importId !== existing.importId) await countKnown(tx, facts.importId)
    const keptDeployment = await placeLater(tx, existing, placed, { group: facts.group ?? null, ownTime })
    await noteLater(tx, existing, facts)
    const { status, unplacedBoxes } = await addLabel(tx, existing, facts)
    return {
      id: existing.id,
      status,
      failure: existing.failure,
      existed: true,
      ...(keptDeployment !== null && { keptDeployment }),
      ...(unplacedBoxes > 0 && { unplacedBoxes }),
    }
  })
}

const countKnown = (tx: Db, importId: number) =>
  tx
    .update(importBatch)
    .set({ known: sql`${importBatch.known} + 1` })
    .where(eq(importBatch.id, importId))

/** What the camera of a known photo said, as a time. */
async function knownTime(tx: Db, sha256: string): Promise<string | null> {
  const { rows } = await tx.execute<{ at: string | null }>(sql`
    select to_char(m.captured_at
      - make_interval(secs => case when m.captured_told then 0 else coalesce(p.clock_offset_seconds, 0) end),
      'YYYY-MM-DD HH24:MI:SS') as at
    from media m left join deployment p on p.id = m.deployment_id where m.sha256 = ${sha256}`)
  return rows[0]?.at ?? null
}

async function clockOffset(tx: Db, deploymentId: number | null): Promise<number> {
  if (deploymentId === null) return 0
  const [row] = await tx
    .select({ seconds: deployment.clockOffsetSeconds })
    .from(deployment)
    .where(eq(deployment.id, deploymentId))
  return row?.seconds ?? 0
}

/** "2024-05-01 06:13:22" so many seconds later. */
function shifted(capturedAt: string, seconds: number): string {
  if (seconds === 0) return capturedAt
  const at = Date.parse(`${capturedAt.replace(' ', 'T')}Z`) + seconds * 1000
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ')
}

/**
 * Gives a known photo the deployment, the group and the time that it lacks. Returns the name of the deployment that it
 * keeps where another one is given now.
 */
async function placeLater(
  tx: Db,
  existing: Media,
  placed: Placed | null,
  { group, ownTime }: { group: string | null; ownTime: string | null },
): Promise<string | null> {
  const { id } = existing
  const groupName = existing.groupName ?? group
  const grouped = groupName !== existing.groupName
  if (grouped) await tx.update(media).set({ groupName }).where(eq(media.id, id))
  const deploymentId = existing.deploymentId ?? placed?.id ?? null
  const isPlaced = deploymentId !== existing.deploymentId
  const isDated = existing.capturedAt === null && ownTime !== null
  if (isPlaced || isDated) {
    const offset = await clockOffset(tx, deploymentId)
    const clock = existing.capturedTold ? 0 : offset
    const time = existing.capturedAt ?? ownTime
    const capturedAt = time && shifted(time, clock)
    await tx.update(media).set({ deploymentId, capturedAt }).where(eq(media.id, id))
    if (capturedAt && deploymentId !== null) await joinSequence(tx, { id, deploymentId, capturedAt })
  }
  if (grouped || isPlaced || isDated) await refreshGroupKeysOf(tx, [id])
  if (placed === null || existing.deploymentId === null || existing.deploymentId === placed.id) return null
  if (placed.made) await takeBackDeployment(tx, placed.id)
  const kept = (await getDeployments(tx, [existing.deploymentId])).get(existing.deploymentId)
  return kept?.name ?? null
}

/** Notes and the flag that a known photo lacks. */
async function noteLater(tx: Db, existing: Media, facts: MediaFacts): Promise<void> {
  const to = {
    notes: existing.notes || (facts.notes ?? ''),
    favourite: existing.favourite || (facts.favourite ?? false),
  }
  if (to.notes !== existing.notes || to.favourite !== existing.favourite) await changeNotes(tx, existing.id, to)
}

/** Null where these bytes are known. */
async function insertMedia(db: Db, facts: MediaFacts, placed: Placed | null): Promise<AddedMedia | null> {
  const [added] = await db
    .insert(media)
    .values({
      sha256: facts.sha256,
      filename: facts.filename,
      mimeType: facts.mimeType,
      bytes: facts.bytes,
      capturedRaw: facts.capturedRaw,
      capturedAt: facts.capturedAt && shifted(facts.capturedAt, placed?.clockOffsetSeconds ?? 0),
      latitude: facts.latitude,
      longitude: facts.longitude,
      importId: facts.importId,
      deploymentId: placed?.id,
      groupName: facts.group,
      pendingLabel: facts.label,
      pendingBoxes: facts.boxes,
      pendingFindings: facts.findings,
      mark: facts.mark,
      notes: facts.notes,
      favourite: facts.favourite,
    })
    .onConflictDoNothing({ target: media.sha256 })
    .returning({ id: media.id, status: media.status })
  return added ? { ...added, failure: null, existed: false } : null
}

async function addLabel(
  tx: Db,
  existing: Media,
  facts: MediaFacts,
): Promise<{ status: MediaStatus; unplacedBoxes: number }> {
  const label = facts.label ?? null
  const findings = facts.findings ?? null
  const boxes = facts.boxes && facts.boxes.length > 0 ? facts.boxes : null
  if (existing.status !== 'indexed') {
    const pendingLabel = existing.pendingLabel ?? label
    const pendingBoxes = existing.pendingBoxes ?? boxes
    const pendingFindings = existing.pendingFindings ?? findings
    await tx.update(media).set({ pendingLabel, pendingBoxes, pendingFindings }).where(eq(media.id, existing.id))
    return { status: existing.status, unplacedBoxes: 0 }
  }
  if (facts.mark && existing.mark === null) await markUnidentified(tx, existing.id, facts.mark)
  const attached = findings && (await attachFindings(tx, existing.id, findings))
  const unplacedBoxes = attached?.unplacedBoxes ?? 0
  if (attached?.status === 'queued' || (!label && !boxes))
    return { status: attached?.status ?? 'indexed', unplacedBoxes }
  return { status: await labelIndexedMedia(tx, existing.id, label, boxes), unplacedBoxes }
}

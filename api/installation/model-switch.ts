// Changes to another embedder without a pause. Every stored animal is embedded with it, a tree version of its own is
// published, and then both take over in one step, unless the new ones answer worse; until then the old embedder serves.
// Progress lies in the database, so a restart continues. The old embedder's vectors stay, so changing back embeds only
// what came since.

import type { Logger } from 'pino'
import { FEWEST_FOR_NETS, judgeNets, reasonsFor } from '../../classifiers/evaluation/gate.ts'
import { type Learning, openLearning } from '../../classifiers/live/learning.ts'
import { writeLessons } from '../../db/trees/lessons.ts'
import { ensureModel } from '../../db/trees/models.ts'
import type { Embedder } from '../../indexer/embed.ts'
import { embedMissing } from '../../indexer/re-embed.ts'
import { presentEvent } from '../present/events.ts'
import type { ModelSwitch, Service, SwitchProgress } from '../service.ts'
import { chooseModel, chooseNext, modelFolders, refuseNext } from './model-choice.ts'
import { readReference } from './reference.ts'

/** What a switch reads and replaces. */
type Switched = Pick<
  Service,
  'config' | 'db' | 'database' | 'photos' | 'events' | 'models' | 'learning' | 'searchIndex'
>

export function openModelSwitch(service: () => Switched, log: Logger): ModelSwitch {
  let adopted: Learning | null = null
  let current: { progress: SwitchProgress; abort: AbortController; done: Promise<void> } | null = null

  async function start(name: string, { anyway = false } = {}): Promise<void> {
    await stop()
    if (service().models.embedder.name === name) return await chooseNext(service().db, null)
    const embedder = await service().models.openEmbedder(name)
    await chooseNext(service().db, name, { anyway })
    const progress = { to: name, embedded: 0, failed: 0 }
    const abort = new AbortController()
    const done = run(embedder, { progress, anyway, signal: abort.signal })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) log.error({ err: error }, `changing to ${name} failed; the next start tries again`)
      })
      .finally(() => {
        if (current?.abort === abort) current = null
      })
    current = { progress, abort, done }
  }

  async function run(
    embedder: Embedder,
    { progress, anyway, signal }: { progress: SwitchProgress; anyway: boolean; signal: AbortSignal },
  ): Promise<void> {
    const { db, database, events, searchIndex } = service()
    const { name, sha256, manifest } = embedder
    await ensureModel(db, { name, sha256, kind: 'embedder', manifest })
    await embedAll(embedder, progress, signal)
    if (signal.aborted) return
    const learning = await openLearning({
      database,
      embedder: { sha256 },
      reference: await readReference(modelFolders(service().config), name),
      prepare: searchIndex.prepare,
      announce: (event) => events.emit(presentEvent(event)),
      onError: (error, doing) => log.error({ err: error }, `${doing} failed`),
    })
    try {
      await learning.publishNow()
      const reasons = anyway ? [] : await reasonsAgainst(learning)
      signal.throwIfAborted()
      if (reasons.length > 0) {
        await refuseNext(db, name, reasons)
        log.warn({ embedder: name, reasons }, 'another embedder was refused, because it answers worse')
        events.emit({ name: 'refused', data: { treeVersion: service().learning.treeVersion(), reasons } })
        return await learning.close()
      }
      // Photos that were indexed while the version was being made.
      await embedAll(embedder, progress, signal, learning)
      signal.throwIfAborted()
      await chooseModel(db, 'embedder', name)
    } catch (error) {
      await learning.close()
      throw error
    }
    const old = service().learning
    service().models = { ...service().models, embedder }
    service().learning = learning
    adopted = learning
    log.info({ embedder: name, treeVersion: learning.treeVersion() }, 'answers come from another embedder')
    events.emit({ name: 'published', data: { treeVersion: learning.treeVersion() } })
    await old.close()
    // Photos whose analysis had begun before the change.
    await embedAll(embedder, progress, signal, learning)
  }

  /** Both embedders answer the same photos, on which nothing is fitted, from the same examples. */
  async function reasonsAgainst(candidate: Learning): Promise<string[]> {
    const { learning } = service()
    await learning.sync()
    if (learning.liveTree().examples < FEWEST_FOR_NETS) return []
    const verdict = judgeNets(await learning.judgeNow(), await candidate.judgeNow())
    return verdict ? reasonsFor(verdict, (id) => learning.taxonomy.taxon(id)?.name ?? `Taxon ${id}`) : []
  }

  /** Embeds every animal that has no vector by this embedder; a tree that is live already learns those that teach. */
  async function embedAll(embedder: Embedder, progress: SwitchProgress, signal: AbortSignal, learning?: Learning) {
    const { db, photos } = service()
    const before = { ...progress }
    const parts = { db, photos, workingSidePx: service().models.workingSidePx }
    await embedMissing(parts, embedder, {
      signal,
      onEmbedded: async (detectionIds) => {
        if (learning) await writeLessons(db, 'detection', detectionIds)
      },
      onProgress: ({ embedded, failed }) => {
        progress.embedded = before.embedded + embedded
        progress.failed = failed
      },
      onFailure: (mediaId, error) => log.warn({ err: error, mediaId }, 'a stored photo could not be embedded again'),
    })
    await learning?.sync()
  }

  async function stop(): Promise<void> {
    current?.abort.abort()
    await current?.done
  }

  return {
    progress: () => current?.progress ?? null,
    start,
    settled: async () => await current?.done,
    async close() {
      await stop()
      await adopted?.close()
    },
  }
}

// What files of other programs mean for photos: which they are about, what to send with each, and what stays out and
// why. Memory holds nothing for each photo: what is said of them lies on the disk.

import { type Matched, type Matching, openMatching } from './match-photos.ts'
import { FactsOfPhotos, keptText, type NameCount, type PlanChoices } from './photo-facts.ts'
import { commonFolderOf } from './photo-paths.ts'
import type { FileSet } from './reader.ts'
import type { Recognised } from './recognise.ts'
import type { About, DeploymentRecord, ExchangeRecord, PhotoRecord } from './records.ts'
import { type DiskList, openDiskList } from './spool/disk-list.ts'

export type FormatFound = { name: string; title: string; files: DiskList<string> } & Pick<
  About,
  'version' | 'detector' | 'threshold'
>

export type FoundPhotos = Matched & {
  formats: FormatFound[]
  counts: FactsOfPhotos['counts'] & { photos: number; events: number }
  deployments: DeploymentRecord[]
  names: NameCount[]
  leftOut: DiskList<{ what: string; why: string }>
  /** Gives the room on the disk back. */
  close(): void
}

const LONGEST_PATH = 5000

/** `photos`: the paths of all photos that there are. Read the answer before it is closed. */
export async function planPhotos(
  files: FileSet,
  recognised: readonly Recognised[],
  photos: Iterable<string>,
  choices: PlanChoices,
): Promise<FoundPhotos> {
  const planning = new Planning(photos, choices)
  try {
    for (const { reader, paths } of recognised) {
      planning.begin({
        name: reader.name,
        title: reader.title,
        files: paths,
        version: null,
        detector: null,
        threshold: null,
      })
      for await (const record of reader.read(files, paths, choices)) planning.take(record)
    }
    return planning.finish()
  } catch (error) {
    planning.close()
    throw error
  }
}

class Planning {
  readonly #choices: PlanChoices
  readonly #matching: Matching
  readonly #facts: FactsOfPhotos
  readonly #formats: FormatFound[] = []
  readonly #deployments: DeploymentRecord[] = []
  readonly #leftOut: FoundPhotos['leftOut']
  #commonFolder: string | null = null
  #photos = 0
  #events = 0

  constructor(photos: Iterable<string>, choices: PlanChoices) {
    this.#choices = choices
    this.#leftOut = openDiskList(choices.scratch)
    this.#facts = new FactsOfPhotos(choices, this.#leave)
    this.#matching = openMatching(photos, choices.scratch)
  }

  readonly #leave = (what: string, why: string): void => this.#leftOut.push({ what, why })

  begin(format: FormatFound): void {
    this.#formats.push(format)
    this.#facts.threshold = null
  }

  take(record: ExchangeRecord): void {
    switch (record.type) {
      case 'about':
        this.#about(record)
        return
      case 'leftOut':
        this.#leave(record.what, record.why)
        return
      case 'deployment':
        if (keptText(record.name) === '') this.#leave('a deployment', 'It has no name.')
        else this.#deployments.push(record)
        return
      case 'event':
        this.#events++
        return
      case 'photo':
        this.#photo(record)
    }
  }

  #about({ version, detector, threshold }: About): void {
    const format = this.#formats.at(-1)
    if (format === undefined) return
    Object.assign(format, { version: format.version ?? version, detector: format.detector ?? detector })
    format.threshold = this.#choices.threshold ?? threshold
    this.#facts.threshold = format.threshold
  }

  #photo(record: PhotoRecord): void {
    const { path, withoutEnding = false, failure } = record
    this.#photos++
    if (path.length > LONGEST_PATH || /\0|\p{Surrogate}/u.test(path)) {
      this.#leave(path.slice(0, 300), 'No photo can have this path: it is too long, or holds what no name may hold.')
      return
    }
    this.#commonFolder = commonFolderOf(this.#commonFolder, path)
    if (failure !== null) this.#leave(path, `The other program could not read it: ${failure}`)
    this.#matching.add({ path, withoutEnding, facts: this.#facts.of(record) })
  }

  finish(): FoundPhotos {
    this.#facts.finish()
    return {
      ...this.#matching.match(this.#commonFolder ?? '', this.#leave),
      formats: this.#formats,
      counts: { ...this.#facts.counts, photos: this.#photos, events: this.#events },
      deployments: this.#deployments,
      names: this.#facts.names,
      leftOut: this.#leftOut,
      close: () => this.close(),
    }
  }

  close(): void {
    this.#matching.close()
    this.#leftOut.close()
  }
}

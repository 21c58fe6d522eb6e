// PGlite's files on the disk. Emscripten creates each file and then sets the mode that was asked for, so the umask of
// this process does not hold for them: without this they would be open to everybody (0666).

import { NodeFS } from '@electric-sql/pglite/nodefs'

type Init = NodeFS['init']
type EmscriptenModule = Awaited<ReturnType<Init>>['emscriptenOpts']
/** The part of Emscripten's NODEFS that is used here; PGlite does not declare it. */
type Operations = { setattr: (file: unknown, change: { mode?: number }) => void }

const OTHERS = 0o077

/** A folder of PGlite whose files and folders only their owner can read and write. */
export class PrivateFiles extends NodeFS {
  override async init(...args: Parameters<Init>): ReturnType<Init> {
    const { emscriptenOpts } = await super.init(...args)
    const keepPrivate = (module: EmscriptenModule) => {
      const { node_ops: byPath, stream_ops: byHandle }: Record<string, Operations> = module.FS.filesystems.NODEFS
      for (const operations of [byPath!, byHandle!]) {
        const { setattr } = operations
        operations.setattr = (file, change) =>
          setattr(file, change.mode === undefined ? change : { ...change, mode: change.mode & ~OTHERS })
      }
    }
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [keepPrivate, ...(emscriptenOpts.preRun ?? [])] } }
  }
}

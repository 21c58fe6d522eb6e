// A file that a person dropped or chose and that is not yet opened.

/** What is known before the file is opened. */
export type FileFacts = Pick<File, 'name' | 'size' | 'type'>

export type Found = {
  file: FileFacts
  /** The path within what was dropped or chosen. */
  path: string
  /** Throws if the file is damaged inside its zip. */
  open: () => Promise<File>
}

export const ofFile = (file: File, path: string): Found => ({ file, path, open: async () => file })

// A file that a person dropped or chose, before it is opened.

/** What is known of a file before it is opened. */
export type FileFacts = Pick<File, 'name' | 'size' | 'type'>

export type Found = {
  file: FileFacts
  /** Inside what was dropped or chosen. */
  path: string
  /** Throws when the file is damaged inside its zip. */
  open: () => Promise<File>
}

export const ofFile = (file: File, path: string): Found => ({ file, path, open: async () => file })

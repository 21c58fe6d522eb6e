// The errors of turning a photo into rows. In: what was expected and what came. Out: named errors whose message is a
// sentence for the person who reads the list of failures.

/** The bytes are of a type that photos may have, but no picture can be made of them. */
export class DecodeError extends Error {
  override name = 'DecodeError'
  readonly stage = 'decode'
}

/** The bytes are of a type that this service does not read. */
export class UnsupportedType extends Error {
  override name = 'UnsupportedType'
  readonly stage = 'decode'
  /** What the bytes look like: `heic`, `raw`, `video`, ... or `unknown`. */
  readonly type: string
  constructor(type: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.type = type
  }
}

/** A model does not fit its manifest or the service, or failed while running. */
export class ModelError extends Error {
  override name = 'ModelError'
  /** `open` while a model is being opened, else the stage that the photo was in. */
  readonly stage: 'open' | 'detect' | 'embed'
  constructor(message: string, stage: 'open' | 'detect' | 'embed' = 'open', options?: ErrorOptions) {
    super(message, options)
    this.stage = stage
  }
}

/** The place of the photos cannot keep or give a file: the disk is full, the file is gone, the bucket's server does not answer. */
export class StorageError extends Error {
  override name = 'StorageError'
  readonly stage: 'read' | 'store'
  /** The system's code, such as ENOSPC, or the server's; ENOENT where the file is not there. */
  readonly code: string
  /** Another process or machine is at fault: the same is tried again later by itself. */
  readonly temporary: boolean
  constructor(
    stage: 'read' | 'store',
    code: string,
    message: string,
    { temporary = false, ...options }: ErrorOptions & { temporary?: boolean } = {},
  ) {
    super(message, options)
    this.stage = stage
    this.code = code
    this.temporary = temporary
  }
}

// What can go wrong on the way from a photo to rows. Each message is a sentence for people who read the list of
// failures.

/** The bytes are of a type that this service reads, but no picture can be made of them. */
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
  /** `open` while a model is being opened, else the stage in which the photo was. */
  readonly stage: 'open' | 'detect' | 'embed'
  constructor(message: string, stage: 'open' | 'detect' | 'embed' = 'open', options?: ErrorOptions) {
    super(message, options)
    this.stage = stage
  }
}

/**
 * A file of a photo cannot be read or written: the disk is full, the file is gone, or the bucket's server does not
 * answer.
 */
export class StorageError extends Error {
  override name = 'StorageError'
  readonly stage: 'read' | 'store'
  /** The system's code, such as ENOSPC, or the server's; ENOENT where there is no such file. */
  readonly code: string
  /** Another process or machine is at fault, so the operation is tried again later. */
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

// What the errors of the layers below mean to an HTTP client.

import {
  Conflict,
  diskFault,
  FOREIGN_KEY_VIOLATION,
  isUnreachable,
  NotFound,
  sqlState,
  UNIQUE_VIOLATION,
} from '../db/errors.ts'
import { DecodeError, ModelError, StorageError, UnsupportedType } from '../indexer/errors.ts'
import { DAMAGED } from '../indexer/photos/sealed-photos.ts'
import { storageSentence } from '../indexer/photos/storage-error.ts'
import { Problem } from './http/problem.ts'

/** Faults of a photo's file that stay until somebody mends it. */
const LASTING: Record<string, 404 | 422> = { ENOENT: 404, [DAMAGED]: 422 }

/** Two transactions that waited for each other, or could not be put in an order: one was given up. */
const RACES = new Set(['40001', '40P01', '55P03'])
/** A row that is named was removed meanwhile, or another one like it was made. */
const CONTRADICTIONS = new Set([FOREIGN_KEY_VIOLATION, UNIQUE_VIOLATION])

/** Null for an error that is none of these. */
export function translateFault(error: unknown): Problem | null {
  if (error instanceof NotFound) return new Problem(404, error.message, { cause: error })
  if (error instanceof Conflict) {
    const existing = error.existingId === null ? {} : { existingId: String(error.existingId) }
    return new Problem(409, error.message, { facts: { ...error.facts, ...existing }, cause: error })
  }
  if (error instanceof UnsupportedType) {
    const status = error.type === 'empty' ? 422 : 415
    return new Problem(status, error.message, { facts: { photoType: error.type }, cause: error })
  }
  if (error instanceof DecodeError) return new Problem(422, error.message, { cause: error })
  if (error instanceof StorageError)
    return error.code in LASTING
      ? new Problem(LASTING[error.code]!, error.message, { cause: error })
      : busy(error.message, 30, error)
  if (error instanceof ModelError)
    return busy('The model that looks at photos failed. Try again in a moment.', 5, error)
  const code = sqlState(error) ?? ''
  // Text with NUL, which Postgres does not keep, in a parameter whose schema allows any text.
  if (['22021', '22P05'].includes(code))
    return new Problem(400, 'Expected text without NUL and without half characters.', { cause: error })
  if (RACES.has(code))
    return busy('Somebody else changed the same at the same moment. Try again in a moment.', 1, error)
  if (CONTRADICTIONS.has(code))
    return new Problem(409, 'This contradicts what is stored by now. Look at it again, then repeat what still fits.', {
      cause: error,
    })
  const disk = diskFault(error)
  if (disk !== null) return busy(storageSentence(disk) ?? 'The disk is full.', 30, error)
  if (isUnreachable(error))
    return busy('The database cannot be reached or is too busy right now. Try again in a moment.', 5, error)
  return null
}

function busy(detail: string, retryAfterSeconds: number, cause: unknown): Problem {
  return new Problem(503, detail, { headers: { 'Retry-After': String(retryAfterSeconds) }, cause })
}

// What is printed when a command fails: a sentence, and what to do where that is known.

import { DataFolderInUse } from '../../db/connection/data-folder-lock.ts'
import { DatabaseError, damageOf, diskFault, isUnreachable } from '../../db/errors.ts'
import { ModelError, StorageError } from '../../indexer/errors.ts'
import { storageSentence } from '../../indexer/photos/storage-error.ts'
import { ConfigError } from '../config.ts'
import { ExchangeError } from '../interchange/exchange/exchange-error.ts'
import { RequestFailed } from './import/client.ts'
import { PlanError } from './import/planned.ts'
import { UsageError } from './usage.ts'

/** Errors that the user can do something about; their sentence says what. */
const EXPECTED = [
  UsageError,
  ConfigError,
  PlanError,
  ExchangeError,
  RequestFailed,
  DataFolderInUse,
  DatabaseError,
  ModelError,
  StorageError,
]

/** `withStack`: also where an error that nobody expected was thrown. */
export function explain(error: unknown, withStack = false): string {
  if (EXPECTED.some((kind) => error instanceof kind) && error instanceof Error) return error.message
  // The messages of node:util's parseArgs are sentences already.
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) return error.message
  if (!(error instanceof Error)) return String(error)
  const damage = damageOf(error)
  if (damage !== null)
    return `The database is damaged: ${damage}. Run npm run doctor -- --deep, which says what else is, and restore a backup into an empty DATA_DIR.`
  const disk = diskFault(error)
  if (disk !== null) return `${storageSentence(disk) ?? 'The disk is full.'} (${error.message})`
  if (isUnreachable(error)) return `The database cannot be reached: ${error.message}`
  // The messages of node's file functions say what could not be done, and with which file.
  if ('syscall' in error) return error.message
  if (withStack) return error.stack ?? error.message
  return `This should not have happened: ${error.message}\nSet LOG_LEVEL=debug to see where, and report it.`
}

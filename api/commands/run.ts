// How a command runs, from api/main.ts or test/bench/main.ts. Errors that the user can do something about become one
// sentence on standard error and exit code 2.

import { DataFolderInUse } from '../../db/connection/data-folder-lock.ts'
import { DatabaseError } from '../../db/errors.ts'
import { ModelError, StorageError } from '../../indexer/errors.ts'
import { type Config, ConfigError, readConfig, setLibraryDefaults } from '../config.ts'
import { ExchangeError } from '../interchange/exchange/exchange-error.ts'
import { RequestFailed } from './import/client.ts'
import { PlanError } from './import/plan.ts'
import { UsageError } from './usage.ts'

type Command = { help: string; run: (args: string[], config: Config, signal: AbortSignal) => Promise<number> }

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

/** Runs the command that the first argument names and sets the process's exit code. */
export async function runCommands(commands: Record<string, Command>, typed: string[]): Promise<void> {
  setLibraryDefaults()
  // Photos, database and backups are for their owner alone: files 0600, folders 0700.
  process.umask(0o077)
  process.exitCode = await exitCodeOf(commands, typed)
}

async function exitCodeOf(commands: Record<string, Command>, [name = '', ...args]: string[]): Promise<number> {
  if (name === '--help' || name === '-h') {
    console.log(
      Object.values(commands)
        .map(({ help }) => help)
        .join('\n'),
    )
    return 0
  }
  const command = commands[name]
  if (command === undefined) {
    console.error(`Expected one of ${Object.keys(commands).join(', ')} but received ${name || 'nothing'}.`)
    return 2
  }
  if (args.includes('--help') || args.includes('-h')) {
    console.log(command.help)
    return 0
  }
  try {
    return await command.run(args, readConfig(), stopSignal())
  } catch (error) {
    console.error(explain(error))
    return 2
  }
}

function explain(error: unknown): string {
  if (EXPECTED.some((kind) => error instanceof kind) && error instanceof Error) return error.message
  // The messages of node:util's parseArgs are sentences already.
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** Aborted by the first Ctrl-C or SIGTERM; a second one ends the process at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130)
      controller.abort()
    })
  return controller.signal
}

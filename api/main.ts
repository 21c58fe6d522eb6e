// The commands. In: what was typed. Out: an exit code; faults as one sentence on standard error.

import { DatabaseError } from '../db/errors.ts'
import { DataFolderInUse } from '../db/lock.ts'
import { ModelError, StorageError } from '../indexer/errors.ts'
import { BACKUP_HELP, backupCommand } from './backup.ts'
import { BENCH_IMPORT_HELP, benchImport } from './bench-import.ts'
import { BENCH_INGEST_HELP, benchIngest } from './bench-ingest.ts'
import { BENCH_INSIGHT_HELP, benchInsight } from './bench-insight.ts'
import { BENCH_LOAD_HELP, benchLoad } from './bench-load.ts'
import { BENCH_SEARCH_HELP, benchSearch } from './bench-search.ts'
import { BENCH_SUGGEST_HELP, benchSuggest } from './bench-suggest.ts'
import { BENCH_TREE_HELP, benchTree } from './bench-tree.ts'
import { type Config, ConfigError, readConfig, setLibraryDefaults } from './config.ts'
import { DOCTOR_HELP, doctorCommand } from './doctor.ts'
import { EVAL_HELP, evalCommand } from './eval.ts'
import { EXPORT_HELP, exportCommand } from './export-command.ts'
import { IMPORT_HELP, importCommand } from './import.ts'
import { RequestFailed } from './import-client.ts'
import { PlanError } from './import-plan.ts'
import { MODELS_HELP, modelsCommand } from './models-command.ts'
import { RESTORE_HELP, restoreCommand } from './restore.ts'
import { SERVE_HELP, serveCommand, WORK_HELP, workCommand } from './serve.ts'
import { TAXONOMY_HELP, taxonomyCommand } from './taxonomy-command.ts'
import { TRANSFER_HELP, transferCommand } from './transfer.ts'
import { UsageError } from './usage.ts'

const BENCHES: Record<string, (args: string[], config: Config) => Promise<number>> = {
  import: benchImport,
  ingest: benchIngest,
  insight: benchInsight,
  load: benchLoad,
  search: benchSearch,
  suggest: benchSuggest,
  tree: benchTree,
}

type Command = { help: string; run: (args: string[], config: Config, signal: AbortSignal) => Promise<number> }

const COMMANDS: Record<string, Command> = {
  serve: { help: SERVE_HELP, run: (_args, config, signal) => serveCommand(config, signal) },
  import: { help: IMPORT_HELP, run: importCommand },
  export: { help: EXPORT_HELP, run: exportCommand },
  doctor: { help: DOCTOR_HELP, run: doctorCommand },
  backup: { help: BACKUP_HELP, run: backupCommand },
  restore: { help: RESTORE_HELP, run: restoreCommand },
  transfer: { help: TRANSFER_HELP, run: transferCommand },
  eval: { help: EVAL_HELP, run: evalCommand },
  models: { help: MODELS_HELP, run: modelsCommand },
  taxonomy: { help: TAXONOMY_HELP, run: taxonomyCommand },
  bench: {
    help: [
      BENCH_IMPORT_HELP,
      BENCH_INGEST_HELP,
      BENCH_INSIGHT_HELP,
      BENCH_LOAD_HELP,
      BENCH_SEARCH_HELP,
      BENCH_SUGGEST_HELP,
      BENCH_TREE_HELP,
    ].join('\n'),
    run: async ([what = '', ...args], config) => {
      const bench = BENCHES[what]
      if (bench === undefined)
        throw new UsageError(`Expected one of ${Object.keys(BENCHES).join(', ')} but received ${what || 'nothing'}.`)
      return await bench(args, config)
    },
  },
  work: {
    help: WORK_HELP,
    run: (_args, config, signal) => workCommand(config, signal),
  },
}

/** Faults that are the situation's, not ours: their sentence says what to do. */
const EXPECTED = [
  UsageError,
  ConfigError,
  PlanError,
  RequestFailed,
  DataFolderInUse,
  DatabaseError,
  ModelError,
  StorageError,
]

async function main([name = '', ...args]: string[]): Promise<number> {
  const command = COMMANDS[name]
  if (command === undefined) {
    console.error(`Expected a command (${Object.keys(COMMANDS).join(', ')}) but received ${name || 'none'}.`)
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
  // What node:util's parseArgs says of unknown options is a sentence already.
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

setLibraryDefaults()
process.exitCode = await main(process.argv.slice(2))

// The commands of package.json.

import { BACKUP_HELP, backupCommand } from './commands/backup/backup.ts'
import { RESTORE_HELP, restoreCommand } from './commands/backup/restore.ts'
import { DETECTOR_HELP, detectorCommand } from './commands/detector.ts'
import { DOCTOR_HELP, doctorCommand } from './commands/doctor.ts'
import { EVAL_HELP, evalCommand } from './commands/evaluation/eval.ts'
import { EXPORT_HELP, exportCommand } from './commands/export.ts'
import { IMPORT_HELP, importCommand } from './commands/import/import.ts'
import { MODELS_HELP, modelsCommand } from './commands/models.ts'
import { RESULTS_HELP, resultsCommand } from './commands/results.ts'
import { runCommands } from './commands/run.ts'
import { SERVE_HELP, serveCommand, WORK_HELP, workCommand } from './commands/serve.ts'
import { TAXONOMY_HELP, taxonomyCommand } from './commands/taxonomy.ts'
import { TRANSFER_HELP, transferCommand } from './commands/transfer.ts'
import { VERSIONS_HELP, versionsCommand } from './commands/versions.ts'

const COMMANDS = {
  serve: { help: SERVE_HELP, run: serveCommand },
  import: { help: IMPORT_HELP, run: importCommand },
  export: { help: EXPORT_HELP, run: exportCommand },
  results: { help: RESULTS_HELP, run: resultsCommand },
  doctor: { help: DOCTOR_HELP, run: doctorCommand },
  backup: { help: BACKUP_HELP, run: backupCommand },
  restore: { help: RESTORE_HELP, run: restoreCommand },
  transfer: { help: TRANSFER_HELP, run: transferCommand },
  eval: { help: EVAL_HELP, run: evalCommand },
  models: { help: MODELS_HELP, run: modelsCommand },
  detector: { help: DETECTOR_HELP, run: detectorCommand },
  taxonomy: { help: TAXONOMY_HELP, run: taxonomyCommand },
  versions: { help: VERSIONS_HELP, run: versionsCommand },
  work: { help: WORK_HELP, run: workCommand },
}

await runCommands(COMMANDS, process.argv.slice(2))

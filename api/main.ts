// The commands of package.json.

import { runCommands } from './commands/run.ts'

const COMMANDS = {
  serve: () => import('./commands/serve.ts').then((it) => ({ help: it.SERVE_HELP, run: it.serveCommand })),
  import: () => import('./commands/import/import.ts').then((it) => ({ help: it.IMPORT_HELP, run: it.importCommand })),
  export: () => import('./commands/export.ts').then((it) => ({ help: it.EXPORT_HELP, run: it.exportCommand })),
  results: () => import('./commands/results.ts').then((it) => ({ help: it.RESULTS_HELP, run: it.resultsCommand })),
  doctor: () => import('./commands/doctor.ts').then((it) => ({ help: it.DOCTOR_HELP, run: it.doctorCommand })),
  backup: () => import('./commands/backup/backup.ts').then((it) => ({ help: it.BACKUP_HELP, run: it.backupCommand })),
  restore: () =>
    import('./commands/backup/restore.ts').then((it) => ({ help: it.RESTORE_HELP, run: it.restoreCommand })),
  transfer: () => import('./commands/transfer.ts').then((it) => ({ help: it.TRANSFER_HELP, run: it.transferCommand })),
  eval: () => import('./commands/evaluation/eval.ts').then((it) => ({ help: it.EVAL_HELP, run: it.evalCommand })),
  models: () => import('./commands/models.ts').then((it) => ({ help: it.MODELS_HELP, run: it.modelsCommand })),
  detector: () => import('./commands/detector.ts').then((it) => ({ help: it.DETECTOR_HELP, run: it.detectorCommand })),
  taxonomy: () => import('./commands/taxonomy.ts').then((it) => ({ help: it.TAXONOMY_HELP, run: it.taxonomyCommand })),
  versions: () => import('./commands/versions.ts').then((it) => ({ help: it.VERSIONS_HELP, run: it.versionsCommand })),
  work: () => import('./commands/serve.ts').then((it) => ({ help: it.WORK_HELP, run: it.workCommand })),
}

await runCommands(COMMANDS, process.argv.slice(2))

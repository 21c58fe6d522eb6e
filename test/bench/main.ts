// `npm run bench`: measurements of speed.

import { runCommands } from '../../api/commands/run.ts'

const BENCHES = {
  import: () => import('./import.ts').then((it) => ({ help: it.BENCH_IMPORT_HELP, run: it.benchImport })),
  devices: () => import('./inference/devices.ts').then((it) => ({ help: it.BENCH_DEVICES_HELP, run: it.benchDevices })),
  exchange: () => import('./exchange.ts').then((it) => ({ help: it.BENCH_EXCHANGE_HELP, run: it.benchExchange })),
  hostile: () => import('./hostile/hostile.ts').then((it) => ({ help: it.BENCH_HOSTILE_HELP, run: it.benchHostile })),
  ingest: () => import('./ingest.ts').then((it) => ({ help: it.BENCH_INGEST_HELP, run: it.benchIngest })),
  insight: () => import('./insight.ts').then((it) => ({ help: it.BENCH_INSIGHT_HELP, run: it.benchInsight })),
  judge: () => import('./inference/judge.ts').then((it) => ({ help: it.BENCH_JUDGE_HELP, run: it.benchJudge })),
  load: () => import('./load/load.ts').then((it) => ({ help: it.BENCH_LOAD_HELP, run: it.benchLoad })),
  search: () => import('./search/search.ts').then((it) => ({ help: it.BENCH_SEARCH_HELP, run: it.benchSearch })),
  suggest: () => import('./suggest.ts').then((it) => ({ help: it.BENCH_SUGGEST_HELP, run: it.benchSuggest })),
  tree: () => import('./tree.ts').then((it) => ({ help: it.BENCH_TREE_HELP, run: it.benchTree })),
}

await runCommands(BENCHES, process.argv.slice(2))

// `npm run bench`: measurements of speed.

import { runCommands } from '../../api/commands/run.ts'
import { BENCH_EXCHANGE_HELP, benchExchange } from './exchange.ts'
import { BENCH_HOSTILE_HELP, benchHostile } from './hostile/hostile.ts'
import { BENCH_IMPORT_HELP, benchImport } from './import.ts'
import { BENCH_DEVICES_HELP, benchDevices } from './inference/devices.ts'
import { BENCH_INGEST_HELP, benchIngest } from './ingest.ts'
import { BENCH_INSIGHT_HELP, benchInsight } from './insight.ts'
import { BENCH_LOAD_HELP, benchLoad } from './load/load.ts'
import { BENCH_SEARCH_HELP, benchSearch } from './search.ts'
import { BENCH_SUGGEST_HELP, benchSuggest } from './suggest.ts'
import { BENCH_TREE_HELP, benchTree } from './tree.ts'

const BENCHES = {
  import: { help: BENCH_IMPORT_HELP, run: benchImport },
  devices: { help: BENCH_DEVICES_HELP, run: benchDevices },
  exchange: { help: BENCH_EXCHANGE_HELP, run: benchExchange },
  hostile: { help: BENCH_HOSTILE_HELP, run: benchHostile },
  ingest: { help: BENCH_INGEST_HELP, run: benchIngest },
  insight: { help: BENCH_INSIGHT_HELP, run: benchInsight },
  load: { help: BENCH_LOAD_HELP, run: benchLoad },
  search: { help: BENCH_SEARCH_HELP, run: benchSearch },
  suggest: { help: BENCH_SUGGEST_HELP, run: benchSuggest },
  tree: { help: BENCH_TREE_HELP, run: benchTree },
}

await runCommands(BENCHES, process.argv.slice(2))

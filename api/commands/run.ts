// How a command runs, from api/main.ts or test/bench/main.ts. Errors that the user can do something about become one
// sentence on standard error and exit code 2.

import { type Config, readConfig, setLibraryDefaults } from '../config.ts'
import { explain } from './explain.ts'

type Command = { help: string; run: (args: string[], config: Config, signal: AbortSignal) => Promise<number> }

/** By name; a command's code is loaded when it is asked for. */
type Commands = Record<string, () => Promise<Command>>

/** Runs the command that the first argument names and sets the process's exit code. */
export async function runCommands(commands: Commands, typed: string[]): Promise<void> {
  setLibraryDefaults()
  // Photos, database and backups are for their owner alone: files 0600, folders 0700.
  process.umask(0o077)
  process.exitCode = await exitCodeOf(commands, typed)
}

async function exitCodeOf(commands: Commands, [name = '', ...args]: string[]): Promise<number> {
  if (name === '--help' || name === '-h') {
    const all = await Promise.all(Object.values(commands).map((load) => load()))
    console.log(all.map(({ help }) => help).join('\n'))
    return 0
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load === undefined) {
    console.error(`Expected one of ${Object.keys(commands).join(', ')} but received ${name || 'nothing'}.`)
    return 2
  }
  const command = await load()
  if (args.includes('--help') || args.includes('-h')) {
    console.log(command.help)
    return 0
  }
  let level = ''
  try {
    const config = readConfig()
    level = config.logLevel
    return await command.run(args, config, stopSignal())
  } catch (error) {
    console.error(explain(error, level === 'debug' || level === 'trace'))
    return 2
  }
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

import { add } from './add.ts'
import type { Command, CommandOf } from './command.ts'
import { remove } from './delete.ts'
import { merge } from './merge.ts'
import { move } from './move.ts'
import { rename } from './rename.ts'
import { restore } from './restore.ts'
import { activate, deactivate, setExternalIds, setNames, setPlaceRule, setPlacing } from './set-fields.ts'
import { split } from './split.ts'
import type { Work } from './work.ts'

type Performers = { [Kind in Command['kind']]: (work: Work, command: CommandOf<Kind>) => Promise<Command> }

const PERFORMERS: Performers = {
  add,
  rename,
  setNames,
  setExternalIds,
  setPlacing,
  setPlaceRule,
  move,
  activate,
  deactivate,
  merge,
  split,
  delete: remove,
  restore,
  batch,
}

/** Returns the command as the log keeps it, with the ids that new taxa got. */
export async function perform(work: Work, command: Command): Promise<Command> {
  // The kind chooses the function that takes this very command.
  const performer = PERFORMERS[command.kind] as (work: Work, command: Command) => Promise<Command>
  return await performer(work, command)
}

async function batch(work: Work, command: CommandOf<'batch'>): Promise<Command> {
  const commands: Command[] = []
  for (const one of command.commands) commands.push(await perform(work, one))
  return { ...command, commands }
}

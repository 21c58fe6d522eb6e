import { tidyNames } from '../states.ts'
import type { Command, CommandOf } from './command.ts'
import type { Work } from './work.ts'

export async function rename({ draft }: Work, command: CommandOf<'rename'>): Promise<Command> {
  const before = await draft.get(command.id)
  const after = { ...before, name: command.name, names: tidyNames(before.names, command.name) }
  await draft.checkSibling(after)
  draft.put(after)
  return { ...command, was: before.name }
}

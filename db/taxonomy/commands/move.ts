import type { Command, CommandOf } from './command.ts'
import { checkRank, type Work } from './work.ts'

export async function move({ draft }: Work, command: CommandOf<'move'>): Promise<Command> {
  const before = await draft.get(command.id)
  const after = { ...before, parentId: command.parentId, rank: command.rank ?? before.rank, needsPlacing: false }
  await draft.checkParent(after)
  await draft.checkSibling(after)
  if (after.rank !== before.rank) for (const child of await draft.children(after.id)) checkRank(after, child)
  draft.put(after)
  return command
}

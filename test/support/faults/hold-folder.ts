// A process that holds a data folder until it gets a message. It sends 'held', or the sentence and facts of the error.
// Arguments: the folder, and a URL to announce.

import { DataFolderInUse, lockDataFolder } from '../../../db/connection/data-folder-lock.ts'

try {
  const lock = await lockDataFolder(process.argv[2] ?? '')
  if (process.argv[3]) await lock.announce(process.argv[3])
  process.send?.({ held: true })
  process.once('message', async () => {
    await lock.release()
    process.disconnect?.()
  })
} catch (error) {
  if (!(error instanceof DataFolderInUse)) throw error
  process.send?.({ held: false, message: error.message, holder: error.holder })
  process.disconnect?.()
}

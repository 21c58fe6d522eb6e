// A process that holds a data folder. In: the folder, a URL to announce. Out: 'held' or the error's sentence and facts as messages; it
// gives the folder back when told to.

import { DataFolderInUse, lockDataFolder } from '../../db/connection/lock.ts'

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

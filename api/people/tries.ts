// How often somebody may try a password: so many failures in a while for each name and address, and for each address,
// whichever process is asked.

import type { Db } from '../../db/connection/connect.ts'
import { countTry, forgetTries, sweepTries } from '../../db/people/tries.ts'
import { sha256Hex } from './secrets.ts'

const PER_NAME = 5
const PER_ADDRESS = 50
/** Old counts are removed once in so many tries. */
const SWEEP_EVERY = 100

export type Tries = {
  /** Counts a try; false where there were too many. */
  take(name: string, address: string): Promise<boolean>
  /** It succeeded: the failures before it no longer count. */
  clear(name: string, address: string): Promise<void>
}

export function createTries(db: Db): Tries {
  let taken = 0
  const keysOf = (name: string, address: string) => ({
    byAddress: sha256Hex(JSON.stringify([address])),
    byName: sha256Hex(JSON.stringify([name.toLowerCase(), address])),
  })
  return {
    async take(name, address) {
      const { byAddress, byName } = keysOf(name, address)
      if (++taken % SWEEP_EVERY === 0) await sweepTries(db)
      // Beyond its own limit an address adds no names, so a flood of names does not fill the table.
      return (await countTry(db, byAddress)) <= PER_ADDRESS && (await countTry(db, byName)) <= PER_NAME
    },
    async clear(name, address) {
      await forgetTries(db, Object.values(keysOf(name, address)))
    },
  }
}

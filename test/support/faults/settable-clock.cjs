// A clock that a test sets while a process runs. The process requires this file first (../processes.ts; Node 20 gives
// imported modules to the main thread only, required ones to every thread). The file CLOCK_FILE says how many ms the
// clock is ahead; it is read again and again. `Date` is ahead by that in every thread, so also in the embedded
// database.

const { readFileSync } = require('node:fs')

const LOOK_MS = 20

const real = Date
let ahead = 0
const now = () => real.now() + ahead

function look() {
  const said = Number(readFileSync(process.env.CLOCK_FILE, 'utf8'))
  if (Number.isFinite(said)) ahead = said
}

look()
setInterval(look, LOOK_MS).unref()
globalThis.Date = new Proxy(real, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new real(now()).toString(),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
})

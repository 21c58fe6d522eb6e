// A clock that is set while a process runs: the process requires this first (processes.ts; Node 20 hands what is imported so only to the
// main thread, what is required to each). In: CLOCK_FILE, which says by how many ms the clock is ahead, again and again. Out: `Date` is
// ahead by so much in every thread, so also in the embedded database.

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

// Formats numbers and times in the conventions of the browser's language.

const whole = new Intl.NumberFormat()
const oneDecimal = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })

export const count = (n: number): string => whole.format(n)
export const counted = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`

/** A probability with two digits. It is never "1.00" or "0.00" unless it is exactly that. */
export function probabilityText(p: number): string {
  if (p > 0.995 && p < 1) return '>0.99'
  if (p > 0 && p < 0.005) return '<0.01'
  return p.toFixed(2)
}

/** A probability in percent. It is never "100 %" or "0 %" unless it is exactly that. */
export function percentText(p: number): string {
  if (p > 0.995 && p < 1) return '>99 %'
  if (p > 0 && p < 0.005) return '<1 %'
  return `${Math.round(p * 100)} %`
}

export const rate = (perSecond: number): string =>
  perSecond >= 1 ? `${oneDecimal.format(perSecond)} photos/s` : `${oneDecimal.format(perSecond * 60)} photos/min`

export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`
}

export function bytesText(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = n < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(n) / 3))
  return `${oneDecimal.format(n / 1000 ** step)} ${units[step]}`
}

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
export const when = (iso: string): string => moment.format(new Date(iso))

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })
export function ago(iso: string, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000
  const steps = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const
  for (const [unit, length] of steps) if (-seconds >= length) return relative.format(Math.round(seconds / length), unit)
  return 'just now'
}

/** The camera's clock has no time zone, so its time is shown as written. */
export const cameraTime = (raw: string): string => raw.replace('T', ' ').replace(/(:\d\d)(?:\.\d+)?Z?$/, '$1')

/** Of an import that brought nothing new. */
export const allHereAlready = (known: number): string =>
  known === 1 ? 'It is here already.' : `All ${count(known)} are here already.`

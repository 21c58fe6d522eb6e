// Formats days and times in the browser's language and time zone.

const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })

export const dayOf = (iso: string): string => day.format(new Date(iso))
export const timeOf = (iso: string): string => time.format(new Date(iso))

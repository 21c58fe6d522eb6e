// What an import leaves out, and why, as the list of it that people can keep.

export type LeftOut = { what: string; why: string }

/** A cell that no spreadsheet takes for a formula. */
const cell = (text: string) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`

export const leftOutTable = (leftOut: readonly LeftOut[]): string =>
  `${['what,why', ...leftOut.map(({ what, why }) => `${cell(what)},${cell(why)}`)].join('\n')}\n`

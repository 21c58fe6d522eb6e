// The figures of a report, drawn as SVG: readable on paper, without colours that mean anything.

import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import { escapeXml } from '../../interchange/exchange/writers/xml-text.ts'

export type Bar = { name: string; value: number; text: string }

const WIDTH = 720
const ROW = 22
const NAMES = 240
const FONT = 'font-family="Liberation Sans, Arial, Helvetica, sans-serif" font-size="13" fill="#222"'
const INK = '#33658a'

const drawing = (height: number, label: string, parts: string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeXml(label)}"><rect width="100%" height="100%" fill="#fff"/><g ${FONT}>${parts.join('')}</g></svg>`

const text = (x: number, y: number, words: string, anchor = 'start') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escapeXml(words)}</text>`

/** Horizontal bars from 0, in the order given. */
export function barFigure(label: string, bars: readonly Bar[]): string {
  const x = scaleLinear()
    .domain([0, Math.max(1e-9, ...bars.map(({ value }) => value))])
    .range([0, WIDTH - NAMES - 90])
  const rows = bars.map(({ name, value, text: words }, k) => {
    const y = 8 + k * ROW
    const bar = `<rect x="${NAMES}" y="${y + 3}" width="${x(value).toFixed(1)}" height="${ROW - 6}" fill="${INK}"/>`
    return text(NAMES - 8, y + 16, shortened(name), 'end') + bar + text(NAMES + x(value) + 6, y + 16, words)
  })
  return drawing(16 + bars.length * ROW, label, rows)
}

const LONGEST_NAME = 34
const shortened = (name: string) => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name)

/** Bars from 0 to 1 with the interval of each. */
export function shareFigure(label: string, bars: readonly (Bar & { low: number; high: number })[]): string {
  const x = scaleLinear().range([NAMES, WIDTH - 200])
  const rows = bars.map(({ name, value, low, high, text: words }, k) => {
    const y = 8 + k * ROW
    const middle = y + ROW / 2
    const rule = (from: number, to: number, top: number, bottom: number) =>
      `<line x1="${x(from).toFixed(1)}" x2="${x(to).toFixed(1)}" y1="${top}" y2="${bottom}" stroke="#222"/>`
    const track = `<rect x="${x(0)}" y="${y + 3}" width="${x(1) - x(0)}" height="${ROW - 6}" fill="#eee"/>`
    const bar = `<rect x="${x(0)}" y="${y + 3}" width="${(x(value) - x(0)).toFixed(1)}" height="${ROW - 6}" fill="${INK}" opacity="0.75"/>`
    const whisker =
      rule(low, high, middle, middle) + rule(low, low, y + 7, y + ROW - 7) + rule(high, high, y + 7, y + ROW - 7)
    return text(NAMES - 8, y + 16, shortened(name), 'end') + track + bar + whisker + text(x(1) + 8, y + 16, words)
  })
  return drawing(16 + bars.length * ROW, label, rows)
}

export type Line = { x: number; y: number }[]

const [LEFT, RIGHT, TOP, BOTTOM, HEIGHT] = [56, 20, 30, 44, 270]

/** A line over an axis from `from` to `to`, both axes named. */
export function lineFigure(
  label: string,
  points: Line,
  axes: { x: string; y: string; from: number; to: number },
  /** A dashed line for comparison. */
  ideal: Line = [],
): string {
  const x = scaleLinear()
    .domain([axes.from, axes.to > axes.from ? axes.to : axes.from + 1])
    .range([LEFT, WIDTH - RIGHT])
  const y = scaleLinear()
    .domain([0, Math.max(1e-9, ...[...points, ...ideal].map((point) => point.y))])
    .range([HEIGHT - BOTTOM, TOP])
    .nice(4)
  const path = line<Line[number]>(
    (point) => x(point.x),
    (point) => y(point.y),
  )
  const ticks = [
    ...y.ticks(4).map((tick) => {
      const rule = `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(tick)}" y2="${y(tick)}" stroke="#ddd"/>`
      return rule + text(LEFT - 6, y(tick) + 4, String(tick), 'end')
    }),
    ...x.ticks(8).map((tick) => text(x(tick), HEIGHT - BOTTOM + 18, String(tick), 'middle')),
  ]
  const names = [text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, axes.x, 'middle'), text(6, 14, axes.y)]
  return drawing(HEIGHT, label, [
    ...ticks,
    ...(ideal.length > 0 ? [`<path d="${path(ideal) ?? ''}" fill="none" stroke="#777" stroke-dasharray="4 4"/>`] : []),
    `<path d="${path(points) ?? ''}" fill="none" stroke="${INK}" stroke-width="2"/>`,
    ...names,
  ])
}

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

export type Line = { x: number; y: number }[]

const [LEFT, RIGHT, TOP, BOTTOM, HEIGHT] = [56, 20, 30, 44, 270]

/** A line over an axis from `from` to `to`, both axes named. */
export function lineFigure(
  label: string,
  points: Line,
  axes: { x: string; y: string; from: number; to: number },
): string {
  const x = scaleLinear()
    .domain([axes.from, Math.max(axes.to, axes.from + 1)])
    .range([LEFT, WIDTH - RIGHT])
  const y = scaleLinear()
    .domain([0, Math.max(1e-9, ...points.map((point) => point.y))])
    .range([HEIGHT - BOTTOM, TOP])
    .nice(4)
  const path = line<Line[number]>(
    (point) => x(point.x),
    (point) => y(point.y),
  )(points)
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
    `<path d="${path ?? ''}" fill="none" stroke="${INK}" stroke-width="2"/>`,
    ...names,
  ])
}

// Drawings of animals in SVG, seen from the side and facing right, with the feet on y = 0 and the middle at x = 0.

import type { Beast } from './beasts.ts'

/** The extent `[left, top, right]`; the ground is 0. */
export type Reach = [left: number, top: number, right: number]

export function drawBeast(beast: Beast, id: string): { svg: string; reach: Reach } {
  const { coat, belly, legs, length, height, depth, neck, head, snout, ears } = beast
  const half = length / 2
  const top = -height
  const [x, y] = [half + neck[0], top - neck[1] + head * 0.4]
  const body = outline(beast, x, y)
  const tall = { pointed: 1.7, round: 1.1, long: 3.3, tufted: 2.1, deer: 2.4 }[ears]
  const shade = `<linearGradient id="${id}-coat" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${light(coat, 26)}"/><stop offset=".5" stop-color="${coat}"/><stop offset="1" stop-color="${light(coat, -34)}"/></linearGradient>`
  return {
    reach: [-half - tailLength(beast), Math.min(top, y - head * tall) - 2, x + head * 0.6 + snout + 4],
    svg: `<defs>${shade}<clipPath id="${id}-body"><path d="${body}"/></clipPath></defs>
      ${limbs(beast, light(legs, -22), -7)}${tailOf(beast)}${limbs(beast, legs, 4)}
      <path d="${body}" fill="url(#${id}-coat)"/>
      <g clip-path="url(#${id}-body)"><ellipse cx="${-half * 0.1}" cy="${top + depth * 1.08}" rx="${half * 0.92}" ry="${depth * 0.34}" fill="${belly}" opacity=".85"/>${coatOf(beast)}</g>
      ${headOf(beast, x, y)}`,
  }
}

function outline({ length, height, depth }: Beast, x: number, y: number): string {
  const [half, top, bottom] = [length / 2, -height, -height + depth]
  const tuck = depth * 0.16
  return `M${-half} ${top + depth * 0.3} C${-half} ${top - depth * 0.08} ${-half * 0.55} ${top - depth * 0.06} ${-half * 0.2} ${top + 1}
    C${half * 0.2} ${top + 4} ${half * 0.5} ${top - 3} ${half * 0.78} ${top - depth * 0.04}
    C${half} ${top - depth * 0.1} ${x - 22} ${y - 12} ${x - 4} ${y - 12} L${x + 5} ${y + 13}
    C${half * 1.18} ${y + 28} ${half * 1.12} ${top + depth * 0.6} ${half * 0.95} ${top + depth * 0.75}
    C${half * 0.8} ${bottom + 3} ${half * 0.45} ${bottom + 2} ${half * 0.1} ${bottom}
    C${-half * 0.3} ${bottom - 1} ${-half * 0.5} ${bottom - tuck} ${-half * 0.7} ${bottom - tuck * 0.4}
    C${-half * 1.02} ${bottom - tuck} ${-half * 1.06} ${top + depth * 0.6} ${-half} ${top + depth * 0.3}Z`
}

/** Two legs. The far ones are darker and slightly offset. */
function limbs({ length, height, depth, legWidth, coat }: Beast, colour: string, aside: number): string {
  const half = length / 2
  const from = -height + depth * 0.6
  const w = legWidth
  const front = half * 0.68 + aside
  const hind = -half * 0.78 + aside
  const hock = from * 0.42
  return `<path d="M${front - w * 0.75} ${from} L${front - w * 0.42} -6 q 0 6 2 6 h ${w * 0.95} q 3 0 1 -5 L${front + w * 0.45} ${from * 0.5} L${front + w * 0.9} ${from}Z" fill="${colour}"/>
    <path d="M${hind - w * 0.5} ${from - depth * 0.12} Q${hind - w * 0.9} ${hock * 1.5} ${hind - w * 0.95} ${hock} L${hind - w * 0.45} -6 q 0 6 2 6 h ${w * 0.95} q 3 0 1 -5 L${hind} ${hock} Q${hind + w * 1.5} ${hock * 1.3} ${hind + w * 1.9} ${from}Z" fill="${colour}"/>
    <ellipse cx="${hind + w * 0.4}" cy="${from * 1.08}" rx="${w * 1.25}" ry="${depth * 0.42}" fill="${aside > 0 ? coat : colour}"/>`
}

const tailLength = ({ tail, length }: Beast) =>
  ({ bushy: length * 0.6, ringed: length * 0.5, stub: 16, thin: 20, rump: 8 })[tail]

function tailOf(beast: Beast): string {
  const { tail, coat, length, height, depth, face } = beast
  const [x, y] = [-length / 2 + 4, -height + depth * 0.3]
  const far = tailLength(beast)
  const curve = `M${x} ${y} q ${-far * 0.3} ${depth * 0.1} ${-far * 0.55} ${depth * 0.5} t ${-far * 0.4} ${depth * 0.32}`
  const line = (width: number, colour: string, dash = '') =>
    `<path d="${curve}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round"${dash}/>`
  switch (tail) {
    case 'bushy':
      return `<path d="M${x} ${y - 4} C${x - far * 0.35} ${y - 4} ${x - far * 0.8} ${y + depth * 0.3} ${x - far} ${y + depth * 0.95} C${x - far * 0.8} ${y + depth * 1.25} ${x - far * 0.3} ${y + depth * 0.95} ${x + 4} ${y + 12}Z" fill="${light(coat, -8)}"/>
        ${face === 'white' ? `<ellipse cx="${x - far * 0.88}" cy="${y + depth * 0.92}" rx="${far * 0.14}" ry="8" transform="rotate(-42 ${x - far * 0.88} ${y + depth * 0.92})" fill="#f4e9d8"/>` : ''}`
    case 'ringed':
      return line(14, coat) + line(14, '#3a3128', ' stroke-dasharray="5 11" style="stroke-linecap:butt"')
    case 'thin':
      return line(4, light(coat, -12))
    case 'stub':
      return `<ellipse cx="${x - 5}" cy="${y + 2}" rx="12" ry="8" transform="rotate(-24 ${x - 5} ${y + 2})" fill="${light(coat, -18)}"/>`
    case 'rump':
      return `<ellipse cx="${x + 2}" cy="${y + 7}" rx="9" ry="15" fill="#efe4cf"/>`
  }
}

function coatOf({ coatOf: pattern, length, height, depth }: Beast): string {
  const half = length / 2
  if (pattern === 'stripes')
    return Array.from({ length: 9 }, (_, n) => {
      const x = -half * 0.85 + n * half * 0.2
      return `<path d="M${x} ${-height - 2} q 7 ${depth * 0.35} -2 ${depth * 0.72}" stroke="#4b3f31" stroke-width="4.5" fill="none" opacity=".62" stroke-linecap="round"/>`
    }).join('')
  if (pattern === 'spots')
    return Array.from({ length: 26 }, (_, n) => {
      const [x, y] = [-half * 0.9 + ((n * 37) % 100) * half * 0.018, -height + 5 + ((n * 53) % 100) * depth * 0.0072]
      return `<ellipse cx="${x}" cy="${y}" rx="3.6" ry="2.7" fill="#4a3a28" opacity=".72"/>`
    }).join('')
  if (pattern === 'bristles')
    return Array.from({ length: 46 }, (_, n) => {
      const [x, y] = [-half + ((n * 41) % 100) * half * 0.02, -height + ((n * 29) % 100) * depth * 0.007]
      return `<path d="M${x} ${y} l -7 9" stroke="#7b6d5f" stroke-width="1.6" opacity=".5"/>`
    }).join('')
  return ''
}

function headOf({ coat, belly, head, snout, ears, face }: Beast, x: number, y: number): string {
  const nose = x + head * 0.6 + snout
  const dark = light(coat, -30)
  const muzzle = (colour: string, deep = 1) =>
    `<path d="M${x + head * 0.2} ${y - head * 0.5 * deep} Q${x + head + snout * 0.3} ${y - head * 0.15} ${nose} ${y + head * 0.28} q 3 5 -2 8 Q${x + head * 0.8} ${y + head * 0.95} ${x} ${y + head * 0.8}Z" fill="${colour}"/>`
  const ear = (at: number, colour: string) => {
    const e = x + at * head
    if (ears === 'round') return `<circle cx="${e}" cy="${y - head * 0.75}" r="${head * 0.34}" fill="${colour}"/>`
    if (ears === 'long')
      return `<ellipse cx="${e - head * 0.35}" cy="${y - head * 1.9}" rx="${head * 0.27}" ry="${head * 1.35}" transform="rotate(-14 ${e} ${y - head})" fill="${colour}"/>`
    if (ears === 'deer')
      return `<ellipse cx="${e - head * 0.5}" cy="${y - head * 1.3}" rx="${head * 0.3}" ry="${head}" transform="rotate(-30 ${e} ${y - head * 0.6})" fill="${colour}"/>`
    const tuft =
      ears === 'tufted'
        ? `<path d="M${e} ${y - head * 1.5} l -1 -${head * 0.6}" stroke="#1d1713" stroke-width="3"/>`
        : ''
    return `${tuft}<path d="M${e - head * 0.5} ${y - head * 0.5} Q${e - head * 0.2} ${y - head * 1.3} ${e} ${y - head * 1.6} Q${e + head * 0.42} ${y - head} ${e + head * 0.4} ${y - head * 0.55}Z" fill="${colour}"/>`
  }
  const eye = `<circle cx="${x + head * 0.38}" cy="${y - head * 0.16}" r="${Math.max(2.6, head * 0.15)}" fill="#15100c"/><circle cx="${x + head * 0.43}" cy="${y - head * 0.22}" r="1" fill="#fffc"/>`
  const mask =
    face === 'badger'
      ? `${muzzle('#eee9dc')}<path d="M${x - head * 0.9} ${y - head * 0.35} Q${x + head * 0.4} ${y - head * 0.75} ${nose - 6} ${y + head * 0.2} Q${x + head * 0.5} ${y + head * 0.28} ${x - head * 0.9} ${y + head * 0.3}Z" fill="#1f1b19"/>`
      : face === 'white'
        ? `<path d="M${x - head * 0.1} ${y + head * 0.35} Q${x + head} ${y + head * 0.15} ${nose - 3} ${y + head * 0.42} Q${x + head * 0.6} ${y + head} ${x - head * 0.3} ${y + head * 0.9}Z" fill="#f3e8d8"/>`
        : face === 'bib'
          ? `<path d="M${x - head * 0.4} ${y + head * 0.75} Q${x + head * 0.3} ${y + head * 1.1} ${x + head * 0.2} ${y + head * 0.9} Q${x - head * 0.2} ${y + head * 2.3} ${x - head * 1.5} ${y + head * 2.1} Q${x - head * 1.1} ${y + head} ${x - head * 0.4} ${y + head * 0.75}Z" fill="#ecd79e"/>`
          : ''
  return `${ear(-0.45, dark)}<ellipse cx="${x}" cy="${y}" rx="${head}" ry="${head * 0.92}" fill="${face === 'badger' ? '#eee9dc' : coat}"/>
    ${muzzle(coat)}${face === undefined ? `<path d="M${x + head * 0.3} ${y + head * 0.5} Q${x + head} ${y + head * 0.5} ${nose - 4} ${y + head * 0.5} Q${x + head * 0.7} ${y + head * 0.95} ${x + head * 0.1} ${y + head * 0.82}Z" fill="${belly}" opacity=".8"/>` : ''}${mask}
    ${ear(0.05, light(coat, -12))}${eye}<ellipse cx="${nose - 1}" cy="${y + head * 0.28 + 2}" rx="${Math.max(3, head * 0.16)}" ry="${Math.max(2.6, head * 0.14)}" fill="#171210"/>`
}

/** Mixes a colour with white, or with black if `by` is negative; `by` is in parts of 255. */
function light(colour: string, by: number): string {
  const part = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) + by
    return Math.min(255, Math.max(0, Math.round(value)))
      .toString(16)
      .padStart(2, '0')
  }
  return `#${part(1)}${part(3)}${part(5)}`
}

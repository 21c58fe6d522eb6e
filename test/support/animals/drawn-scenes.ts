// Drawn camera-trap scenes from a seed, as JPEG, with the animal's box and its crop: woods at different hours, some by
// infrared flash. They resemble photos enough for a person to tell the kinds apart.

import sharp from 'sharp'
import { random } from '../../../classifiers/seeded-random.ts'
import type { Bbox } from '../../../db/schema.ts'
import { BEASTS, type Beast } from './beasts.ts'
import { drawBeast } from './drawn-beasts.ts'

const WIDTH = 800
const HEIGHT = 600
const CROP_PX = 320

export type Scene = { photo: Buffer; crop: Buffer; bbox: Bbox }

type Light = { sky: [string, string]; far: string; near: string; ground: [string, string]; blade: string; mist: string }
/** The colours of a light in one line: two of the sky, far and near trunks, two of the ground, grass, mist. */
const LIGHTS = [
  '#e9e3c4 #a9b893 #8d9c7c #4b4031 #7d7648 #4b4a2c #4d6a32 #f4efd6',
  '#cfd8d6 #8fa09a #75867d #3d3a33 #626a4d #3b4232 #3c5836 #dfe7e3',
  '#f1d8ae #c39a6b #a27f58 #453325 #97794a #58452b #77702f #fbe6c4',
  '#8e99a8 #5a6a76 #4f5e68 #2a2c2e #4b5149 #2b302c #32473a #a8b3bf',
].map((line): Light => {
  const [skyTop = '', skyFoot = '', far = '', near = '', back = '', front = '', blade = '', mist = ''] = line.split(' ')
  return { sky: [skyTop, skyFoot], far, near, ground: [back, front], blade, mist }
})

/** `place` is the position as fractions of the photo, and the size; the seed chooses it if it is not given. */
export type SceneOptions = {
  beast: Beast | null
  seed: number
  place?: { x: number; ground: number; scale: number; left?: boolean }
  infrared?: boolean
  width?: number
}

export async function drawScene(options: SceneOptions): Promise<Scene> {
  const { beast, seed, infrared = false, width = WIDTH } = options
  const next = random(seed * 101 + 7)
  const place = options.place ?? {
    x: 0.34 + next() * 0.32,
    ground: 0.72 + next() * 0.1,
    scale: 1.15 + next() * 0.75,
    left: next() < 0.5,
  }
  const drawn = beast === null ? null : drawBeast(beast, 'b')
  const { x, ground, scale, left = false } = place
  const light = LIGHTS[Math.floor(next() * LIGHTS.length)]!
  const svg = woods(light, next, drawn === null ? '' : stand(drawn.svg, place))
  const sheet = sharp(Buffer.from(svg), { density: (72 * width) / WIDTH })
  const grained = sheet.composite([{ input: grain(next), raw: GRAIN, tile: true, blend: 'soft-light' }])
  const photo = await (infrared ? grained.greyscale().linear(0.95, 18) : grained).jpeg({ quality: 84 }).toBuffer()
  const [from, top, to] = drawn?.reach ?? [-WIDTH / 4, -HEIGHT / 2, WIDTH / 4]
  // Two numbers go in, and two come out.
  const wide = [left ? -to : from, left ? -from : to].map((at) => x + (at * scale) / WIDTH) as [number, number]
  const bbox = clip([wide[0], ground + (top * scale) / HEIGHT, wide[1], ground + (8 * scale) / HEIGHT])
  return { photo, bbox, crop: await cut(photo, bbox) }
}

/** The first scene has no animal; then follows one of each kind, with boxes where generated databases have them. */
export async function drawScenes(): Promise<Scene[]> {
  const place = { x: 0.5, ground: 0.8, scale: 1.2 }
  return await Promise.all(
    [null, ...BEASTS].map((beast, i) => drawScene({ beast, seed: i + 1, place, infrared: i % 4 === 3 })),
  )
}

const GRAIN = { width: 128, height: 128, channels: 3 } as const

function grain(next: () => number): Buffer {
  const pixels = Buffer.alloc(GRAIN.width * GRAIN.height * 3)
  for (let at = 0; at < pixels.length; at += 3) pixels.fill(106 + Math.floor(next() * 44), at, at + 3)
  return pixels
}

function clip([left, top, right, bottom]: [number, number, number, number]): Bbox {
  const inside = (value: number) => Math.min(1, Math.max(0, value))
  const [x, y] = [inside(left), inside(top)]
  return [x, y, inside(right) - x, inside(bottom) - y]
}

async function cut(photo: Buffer, [x, y, width, height]: Bbox): Promise<Buffer> {
  const { width: wide, height: high } = await sharp(photo).metadata()
  const [w, h] = [Math.max(1, Math.floor(width * wide)), Math.max(1, Math.floor(height * high))]
  return await sharp(photo)
    .extract({ left: Math.floor(x * wide), top: Math.floor(y * high), width: w, height: h })
    .resize(CROP_PX, CROP_PX, { fit: 'inside' })
    .jpeg()
    .toBuffer()
}

const stand = (svg: string, { x, ground, scale, left = false }: NonNullable<SceneOptions['place']>) =>
  `<g transform="translate(${x * WIDTH} ${ground * HEIGHT}) scale(${left ? -scale : scale} ${scale})">
    <ellipse cx="6" cy="2" rx="96" ry="9" fill="#0a0d08" opacity=".42" filter="url(#soft)"/>${svg}</g>`

function woods({ sky, far, near, ground, blade, mist }: Light, next: () => number, animal: string): string {
  const trunk = (x: number, width: number, foot: number, colour: string) =>
    `<path d="M${x} -5 L${x - width * 0.05} ${foot} q ${width * 0.5} 9 ${width * 1.1} 0 L${x + width} -5Z" fill="${colour}"/>`
  const farTrees = Array.from({ length: 22 }, () =>
    trunk(next() * WIDTH, 6 + next() * 13, 290 + next() * 50, far),
  ).join('')
  const nearTrees = [0.02 + next() * 0.1, 0.2 + next() * 0.08, 0.76 + next() * 0.08, 0.9 + next() * 0.06]
    .map((at, n) => ({ x: at * WIDTH, width: 26 + next() * 36, foot: 400 + n * 12 }))
    .map(({ x, width, foot }) => trunk(x, width, foot, near) + trunk(x, width, foot, 'url(#bark)'))
    .join('')
  const litter = Array.from({ length: 90 }, () => {
    const y = 390 + next() ** 0.7 * 205
    return `<ellipse cx="${next() * WIDTH}" cy="${y}" rx="${2 + (y - 380) * 0.025}" ry="${1 + (y - 380) * 0.01}" fill="${next() < 0.5 ? '#0004' : '#fff2'}"/>`
  }).join('')
  const blades = (many: number, tall: number, opacity: number) =>
    Array.from({ length: many }, () => {
      const [x, height, lean] = [next() * WIDTH, tall * (0.5 + next()), (next() - 0.5) * 60]
      const w = 3 + next() * 4
      return `<path d="M${x} ${HEIGHT + 4} Q${x + lean * 0.2} ${HEIGHT - height * 0.6} ${x + lean} ${HEIGHT - height} Q${x + w + lean * 0.3} ${HEIGHT - height * 0.5} ${x + w} ${HEIGHT + 4}Z" fill="${blade}" opacity="${opacity}"/>`
    }).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
    <defs>
      <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${sky[1]}"/><stop offset=".55" stop-color="${sky[0]}"/></linearGradient>
      <linearGradient id="ground" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${ground[0]}"/><stop offset="1" stop-color="${ground[1]}"/></linearGradient>
      <linearGradient id="bark"><stop offset="0" stop-opacity=".35"/><stop offset=".4" stop-opacity="0"/><stop offset=".65" stop-opacity="0"/><stop offset="1" stop-opacity=".6"/></linearGradient>
      <linearGradient id="mist" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${mist}" stop-opacity="0"/><stop offset=".6" stop-color="${mist}" stop-opacity=".75"/><stop offset="1" stop-color="${mist}" stop-opacity="0"/></linearGradient>
      <radialGradient id="edge" r=".75"><stop offset=".6" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity=".5"/></radialGradient>
      <filter id="soft"><feGaussianBlur stdDeviation="3"/></filter>
    </defs>
    <rect width="100%" height="100%" fill="url(#sky)"/>
    <g filter="url(#soft)" opacity=".8">${farTrees}</g>
    <rect y="150" width="100%" height="220" fill="url(#mist)"/>
    <path d="M0 ${330 + next() * 30} Q 260 ${290 + next() * 30} 480 ${320 + next() * 20} T 800 ${315 + next() * 30} V600H0Z" fill="url(#ground)"/>
    ${nearTrees}${litter}${animal}
    ${blades(34, 46, 0.9)}<g filter="url(#soft)">${blades(16, 92, 0.85)}</g>
    <rect width="100%" height="100%" fill="url(#edge)"/></svg>`
}

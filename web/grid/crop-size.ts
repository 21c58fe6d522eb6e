// How large crops are on the wall. The browser remembers the choice.

import { createSignal } from 'solid-js'
import { stored } from '../person/storage.ts'

export const SMALLEST_PX = 72
export const LARGEST_PX = 320
const STEP = 1.25

const memory = stored('crop-size')
const within = (px: number) => Math.min(LARGEST_PX, Math.max(SMALLEST_PX, Math.round(px)))
const usual = () => (matchMedia('(max-width: 48rem)').matches ? 104 : 148)
const [cropSize, set] = createSignal(within(Number(memory.read() ?? Number.NaN) || usual()))

export { cropSize }

export function setCropSize(px: number): void {
  set(within(px))
  memory.write(String(cropSize()))
}

export const largerCrops = (): void => setCropSize(cropSize() * STEP)
export const smallerCrops = (): void => setCropSize(cropSize() / STEP)

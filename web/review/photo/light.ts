// How bright photos are shown. Night photos are all dark, so the setting stays for the next photos until the tab is
// closed.

import { createSignal } from 'solid-js'

export const lightSteps = { least: 0.4, most: 4, step: 0.2 } as const

const [brightness, setB] = createSignal(1)
const [contrast, setC] = createSignal(1)

export { brightness, contrast }

const held = (value: number) => Math.round(Math.min(Math.max(value, lightSteps.least), lightSteps.most) * 100) / 100

export const setBrightness = (value: number): void => void setB(held(value))
export const setContrast = (value: number): void => void setC(held(value))
export const isAsTaken = (): boolean => brightness() === 1 && contrast() === 1
export const resetLight = (): void => {
  setB(1)
  setC(1)
}

/** The CSS filter for the photo. It is undefined if nothing is changed, which saves the browser work. */
export const lightFilter = (): string | undefined =>
  isAsTaken() ? undefined : `brightness(${brightness()}) contrast(${contrast()})`

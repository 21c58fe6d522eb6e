// How bright photos are shown. A night's photos are all too dark: what is set for one stays for the next, until this tab is closed.

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

/** For the photo's element; nothing where nothing is changed, so that the picture is not drawn twice. */
export const lightFilter = (): string | undefined =>
  isAsTaken() ? undefined : `brightness(${brightness()}) contrast(${contrast()})`

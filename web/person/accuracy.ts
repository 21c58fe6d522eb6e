// How often a person wants answers to be right at the rank where they stop. The browser remembers it.

import { createSignal } from 'solid-js'
import { stored } from './storage.ts'

export const accuracies = [0.7, 0.8, 0.9, 0.95] as const
const DEFAULT = 0.8

const memory = stored('accuracy')
const initial = Number(memory.read())
const [accuracy, set] = createSignal<number>(accuracies.find((a) => a === initial) ?? DEFAULT)

export { accuracy }

export function setAccuracy(value: number): void {
  set(value)
  memory.write(String(value))
}

// How answers are asked for in this browser: how sure one wants to be at the rank where they stop.

import { createSignal } from 'solid-js'
import type { AnswerOptions } from '../server/detections.ts'
import { kept } from '../shell/kept.ts'

export const accuracies = [0.7, 0.8, 0.9, 0.95] as const
const USUAL = 0.8

const stored = kept('accuracy')
const initial = Number(stored.read())
const [accuracy, set] = createSignal<number>(accuracies.find((a) => a === initial) ?? USUAL)

export { accuracy }

export function setAccuracy(value: number): void {
  set(value)
  stored.write(String(value))
}

/** Five rivals with three known photos each is what fits beside the photo and can be judged at a glance. */
export const answerOptions = (): AnswerOptions => ({ accuracy: accuracy(), limit: 5, similar: 3 })

// The theme: dark, light or the system's. It is a data attribute of the root element, which tokens.css uses.

import { createSignal } from 'solid-js'
import { stored } from './storage.ts'

export type Theme = 'system' | 'light' | 'dark'
export const themes: readonly Theme[] = ['system', 'light', 'dark']

const memory = stored('theme')
const isTheme = (value: string | null): value is Theme => themes.some((t) => t === value)
const initial = memory.read()
const [theme, set] = createSignal<Theme>(isTheme(initial) ? initial : 'system')

export { theme }

function apply(value: Theme): void {
  if (value === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = value
}

export function setTheme(value: Theme): void {
  set(value)
  memory.write(value)
  apply(value)
}

apply(theme())

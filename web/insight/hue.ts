// Colours that only tell things apart. tokens.css also varies their lightness, for people with colour blindness.

/** More hues than this cannot be told apart. */
export const HUES = 10

/** The colour of item n of a list, counted from 0. The colours repeat after the last one. */
export const hueAt = (n: number): string => `var(--hue-${((n % HUES) + HUES) % HUES})`

// Colours that mean nothing but "another one". tokens.css tells them apart by lightness too, for those who see fewer colours.

/** More cannot be told apart. */
export const HUES = 10

/** The colour of the nth of a list, from 0; the first comes again after the last. */
export const hueAt = (n: number): string => `var(--hue-${((n % HUES) + HUES) % HUES})`

// Small things this browser remembers. Storage may be forbidden or full: then they last as long as the page.

export type Stored = { read(): string | null; write(value: string): void }

export const stored = (name: string): Stored => ({
  read() {
    try {
      return localStorage.getItem(`clavis.${name}`)
    } catch {
      return null
    }
  },
  write(value) {
    try {
      localStorage.setItem(`clavis.${name}`, value)
    } catch {
      // Forgotten by the next visit; nothing else depends on it.
    }
  },
})

// Small settings that the browser remembers. If its storage is blocked or full, they last as long as the page.

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
      // The setting is lost after this visit; nothing else depends on it.
    }
  },
})

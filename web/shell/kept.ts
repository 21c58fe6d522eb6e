// Small things this browser remembers. Storage may be forbidden or full: then they last as long as the page.

export type Kept = { read(): string | null; write(value: string): void }

const keptIn =
  (storage: () => Storage) =>
  (name: string): Kept => ({
    read() {
      try {
        return storage().getItem(`clavis.${name}`)
      } catch {
        return null
      }
    },
    write(value) {
      try {
        storage().setItem(`clavis.${name}`, value)
      } catch {
        // Forgotten at the next visit; nothing else depends on it.
      }
    },
  })

export const kept = keptIn(() => localStorage)
/** For this tab alone, but also after a reload. */
export const keptInTab = keptIn(() => sessionStorage)

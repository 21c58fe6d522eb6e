// Keyboard movement over a wall: where each key leads.

export type Shape = {
  /** Crops on the wall. */
  count: number
  columns: number
  /** Rows that fit the window. */
  rowsInSight: number
}

/** The new position, or null for a key that does not move. */
export function move(at: number, key: string, { count, columns, rowsInSight }: Shape): number | null {
  const last = count - 1
  const within = (to: number) => Math.min(last, Math.max(0, to))
  const row = Math.floor(at / columns)
  switch (key) {
    case 'ArrowRight':
      return within(at + 1)
    case 'ArrowLeft':
      return within(at - 1)
    case 'ArrowDown':
      // In a short last row the column may not exist; then this goes to the last crop.
      return at + columns <= last ? at + columns : Math.floor(last / columns) > row ? last : at
    case 'ArrowUp':
      return at - columns >= 0 ? at - columns : at
    case 'PageDown':
      return within(at + columns * Math.max(1, rowsInSight - 1))
    case 'PageUp':
      return Math.max(at % columns, at - columns * Math.max(1, rowsInSight - 1))
    case 'Home':
      return row * columns
    case 'End':
      return within(row * columns + columns - 1)
    case 'Mod+Home':
      return 0
    case 'Mod+End':
      return last
    default:
      return null
  }
}

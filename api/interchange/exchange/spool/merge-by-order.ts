// Sorted sequences as one sorted sequence, with one item of each in memory.

type Ordered = { order: number }
type Head<T> = { item: T; rest: Iterator<T> }

/** Each of `sources` by rising `order`. */
export function* mergeByOrder<T extends Ordered>(sources: Iterable<Iterable<T>>): Generator<T> {
  const heap: Head<T>[] = []
  for (const source of sources) {
    const rest = source[Symbol.iterator]()
    const next = rest.next()
    if (next.done !== true) heap.push({ item: next.value, rest })
  }
  for (let at = heap.length >> 1; at >= 0; at--) sink(heap, at)
  for (let top = heap[0]; top !== undefined; top = heap[0]) {
    yield top.item
    const next = top.rest.next()
    if (next.done !== true) top.item = next.value
    else {
      const last = heap.pop()
      if (last !== undefined && last !== top) heap[0] = last
    }
    sink(heap, 0)
  }
}

/** Moves the head at a place down to where the order of a heap is kept. */
function sink<T extends Ordered>(heap: Head<T>[], from: number): void {
  for (let at = from; ; ) {
    let least = at
    for (const child of [2 * at + 1, 2 * at + 2]) if (isBefore(heap[child], heap[least])) least = child
    const [here, below] = [heap[at], heap[least]]
    if (least === at || here === undefined || below === undefined) return
    heap[at] = below
    heap[least] = here
    at = least
  }
}

const isBefore = <T extends Ordered>(a: Head<T> | undefined, b: Head<T> | undefined): boolean =>
  a !== undefined && b !== undefined && a.item.order < b.item.order

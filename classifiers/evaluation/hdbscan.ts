// HDBSCAN as a baseline for clusters of unknown animals: Campello, Moulavi and Sander, Density-Based Clustering Based
// on Hierarchical Density Estimates (2013). Clusters are the parts of the tree of mutual reachability that last
// longest; what is too thin for any of them belongs to none.

type Edge = { a: number; b: number; distance: number }
/** A part of the condensed tree: `birth` and the densities at which points leave it are 1 / distance. */
type Part = { parent: number; birth: number; stability: number; rows: number[]; children: number[] }

/** The cluster of each vector, -1 for noise. `fewest`: of a cluster, and the neighbours that density is taken from. */
export function hdbscan(distances: readonly Float64Array[], fewest: number): Int32Array {
  const parts = condense(spanningTree(distances, fewest), distances.length, fewest)
  const chosen = lastingParts(parts)
  const of = new Int32Array(distances.length).fill(-1)
  const place = (part: number, cluster: number) => {
    for (const row of parts[part]!.rows) of[row] = cluster
    for (const child of parts[part]!.children) place(child, cluster)
  }
  chosen.forEach(place)
  return of
}

/** By mutual reachability: the distance, but at least that to the k-th nearest of either (itself the first). */
function spanningTree(distances: readonly Float64Array[], k: number): Edge[] {
  const core = distances.map((row) => Float64Array.from(row).sort()[Math.min(k, row.length) - 1]!)
  const reach = Float64Array.from(distances, () => Number.POSITIVE_INFINITY)
  const from = new Int32Array(distances.length).fill(-1)
  const isIn = new Uint8Array(distances.length)
  const edges: Edge[] = []
  let at = 0
  for (let left = distances.length - 1; left > 0; left--) {
    isIn[at] = 1
    let nearest = -1
    for (let other = 0; other < distances.length; other++) {
      if (isIn[other]) continue
      const distance = Math.max(distances[at]![other]!, core[at]!, core[other]!)
      if (distance < reach[other]!) {
        reach[other] = distance
        from[other] = at
      }
      if (nearest < 0 || reach[other]! < reach[nearest]!) nearest = other
    }
    edges.push({ a: from[nearest]!, b: nearest, distance: reach[nearest]! })
    at = nearest
  }
  return edges.sort((x, y) => x.distance - y.distance)
}

/** The tree of merges without parts of fewer points, from the whole downwards. */
function condense(edges: readonly Edge[], count: number, fewest: number): Part[] {
  const merges: { left: number; right: number; distance: number; size: number }[] = []
  const top = Int32Array.from({ length: count }, (_, row) => row)
  const topOf = (row: number) => {
    let at = row
    while (top[at] !== at) at = top[at] = top[top[at]!]!
    return at
  }
  const node = Int32Array.from(top)
  const sizeOf = (id: number) => (id < count ? 1 : merges[id - count]!.size)
  for (const { a, b, distance } of edges) {
    const [x, y] = [topOf(a), topOf(b)]
    const [left, right] = [node[x]!, node[y]!]
    merges.push({ left, right, distance, size: sizeOf(left) + sizeOf(right) })
    top[y] = x
    node[x] = count + merges.length - 1
  }
  const rowsOf = (id: number): number[] => {
    const rows: number[] = []
    for (const stack = [id]; stack.length > 0; ) {
      const next = stack.pop()!
      if (next < count) rows.push(next)
      else stack.push(merges[next - count]!.left, merges[next - count]!.right)
    }
    return rows
  }
  const parts: Part[] = [{ parent: -1, birth: 0, stability: 0, rows: [], children: [] }]
  for (const open = [{ id: count + merges.length - 1, part: 0 }]; open.length > 0; ) {
    const { id, part } = open.pop()!
    const own = parts[part]!
    if (id < count) {
      own.rows.push(id)
      continue
    }
    const { left, right, distance } = merges[id - count]!
    const density = 1 / Math.max(distance, Number.MIN_VALUE)
    const large = [left, right].filter((side) => sizeOf(side) >= fewest)
    if (large.length === 2) {
      own.stability += (density - own.birth) * sizeOf(id)
      for (const side of large) {
        own.children.push(parts.length)
        open.push({ id: side, part: parts.length })
        parts.push({ parent: part, birth: density, stability: 0, rows: [], children: [] })
      }
      continue
    }
    for (const side of [left, right]) {
      if (large.includes(side)) open.push({ id: side, part })
      else {
        const gone = rowsOf(side)
        own.rows.push(...gone)
        own.stability += (density - own.birth) * gone.length
      }
    }
  }
  return parts
}

/** A part is chosen where it lasts longer than the best choice among its children. The whole is never one cluster. */
function lastingParts(parts: readonly Part[]): number[] {
  const best = parts.map(({ stability }) => stability)
  const isChosen = parts.map(() => true)
  for (let at = parts.length - 1; at >= 0; at--) {
    const below = parts[at]!.children.reduce((sum, child) => sum + best[child]!, 0)
    if (at === 0 || (parts[at]!.children.length > 0 && below > parts[at]!.stability)) {
      isChosen[at] = false
      best[at] = below
    }
  }
  const isCovered = parts.map(() => false)
  return parts.flatMap(({ parent }, at) => {
    isCovered[at] = parent >= 0 && (isCovered[parent]! || isChosen[parent]!)
    return isChosen[at] && !isCovered[at] ? [at] : []
  })
}

// Progress for people: on a terminal a bar with rate and time left, elsewhere a plain line from time to time.

import cliProgress from 'cli-progress'
import { createRate } from '../photos/rate.ts'

export type Progress = { update(done: number, note: string): void; stop(): void }

/** Plain lines at most this often. */
const LINE_EVERY_MS = 5000

export function openProgress(total: number, unit: string, out: NodeJS.WriteStream = process.stderr): Progress {
  const rate = createRate()
  const text = (done: number, note: string) => {
    const perSecond = rate(done)
    const left = perSecond > 0 ? `, ${duration((total - done) / perSecond)} left` : ''
    return { rate: `${perSecond.toFixed(1)}/s`, left, note: note === '' ? '' : ` · ${note}` }
  }
  if (!out.isTTY) {
    let saidAt = performance.now()
    return {
      update(done, note) {
        const parts = text(done, note)
        if (performance.now() - saidAt < LINE_EVERY_MS) return
        saidAt = performance.now()
        out.write(`${count(done)} of ${count(total)} ${unit}, ${parts.rate}${parts.left}${parts.note}\n`)
      },
      stop: () => {},
    }
  }
  const bar = new cliProgress.SingleBar({
    stream: out,
    format: `{bar} {value}/{total} ${unit}, {rate}{left}{note}`,
    barCompleteChar: '━',
    barIncompleteChar: '─',
    hideCursor: true,
    clearOnComplete: false,
  })
  bar.start(total, 0, { rate: '–', left: '', note: '' })
  return { update: (done, note) => bar.update(done, text(done, note)), stop: () => bar.stop() }
}

/** A bar that appears when `work` first says how much there is. */
export async function withProgress<T>(
  unit: string,
  work: (say: (done: number, of: number, note?: string) => void) => Promise<T>,
): Promise<T> {
  let progress: ReturnType<typeof openProgress> | null = null
  try {
    return await work((done, of, note = '') => {
      progress ??= openProgress(of, unit)
      progress.update(done, note)
    })
  } finally {
    // Assigned inside the callback, which the compiler does not see.
    ;(progress as ReturnType<typeof openProgress> | null)?.stop()
  }
}

export function count(n: number): string {
  return n.toLocaleString('en-GB')
}

/** Seconds as `45 s`, `3 min`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'a while'
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

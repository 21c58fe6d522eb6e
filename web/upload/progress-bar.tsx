// How much of a total has been sent (pale) and processed (strong).

import type { JSX } from 'solid-js'
import './progress-bar.css'

export function ProgressBar(props: { total: number; done: number; sent: number; label: string }): JSX.Element {
  const percent = (n: number) => `${Math.min(100, (n / Math.max(props.total, 1)) * 100)}%`
  return (
    <div
      class="progress-bar"
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={props.total}
      aria-valuenow={props.done}
    >
      <span class="progress-bar-sent" style={{ width: percent(props.sent) }} />
      <span class="progress-bar-done" style={{ width: percent(props.done) }} />
    </div>
  )
}

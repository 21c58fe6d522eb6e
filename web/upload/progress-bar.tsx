// Two amounts of one total: handed over behind, done in front.

import type { JSX } from 'solid-js'
import './progress-bar.css'

export function ProgressBar(props: { total: number; done: number; handedOver?: number; label: string }): JSX.Element {
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
      <span class="handed-over" style={{ width: percent(props.handedOver ?? 0) }} />
      <span class="done" style={{ width: percent(props.done) }} />
    </div>
  )
}

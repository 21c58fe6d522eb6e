// Draws the map on its canvas: the points in their colours, the point under the pointer, and the loop being drawn.

import { hueAt } from '../hue.ts'
import type { Colours } from './colours.ts'
import { onScreen, type Point, type Spread, type View } from './spread.ts'

export type Scene = {
  spread: Spread
  view: View
  /** The size of the canvas in CSS pixels. */
  size: { width: number; height: number }
  colours: Colours
  hidden: ReadonlySet<number>
  selected: ReadonlySet<number>
  hovered: number | null
  loop: readonly Point[]
}

/** Points farther than this outside the canvas are not drawn. Pixels. */
const MARGIN = 8

export function drawMap(canvas: HTMLCanvasElement, scene: Scene): void {
  const { width, height } = scene.size
  const context = canvas.getContext('2d')
  if (context === null || width === 0) return
  const density = window.devicePixelRatio
  canvas.width = Math.round(width * density)
  canvas.height = Math.round(height * density)
  context.scale(density, density)
  const style = getComputedStyle(canvas)
  context.fillStyle = style.backgroundColor
  context.fillRect(0, 0, width, height)
  const radius = radiusOf(scene)
  drawPoints(context, scene, radius)
  if (scene.hovered !== null) {
    const [x, y] = onScreen(scene.spread, scene.view, scene.hovered)
    context.strokeStyle = style.color
    context.lineWidth = 2
    context.beginPath()
    context.arc(x, y, radius + 4, 0, 2 * Math.PI)
    context.stroke()
  }
  if (scene.loop.length > 1) drawLoop(context, scene.loop)
}

/** Many points make the dots smaller; zooming in makes them larger. */
function radiusOf({ spread, view, size }: Scene): number {
  const many = spread.points.detectionIds.length
  return (
    Math.max(1.2, Math.min(5, 90 / Math.sqrt(many + 1))) *
    Math.min(2.2, Math.sqrt(view.scale / Math.min(size.width, size.height)))
  )
}

function drawPoints(context: CanvasRenderingContext2D, scene: Scene, radius: number): void {
  const { spread, view, size, colours, hidden, selected } = scene
  const many = spread.points.detectionIds.length
  const fills = colours.groups.map(({ hue }) => resolved(context, hue === null ? 'var(--faint-bar)' : hueAt(hue)))
  context.globalAlpha = selected.size > 0 ? 0.25 : 0.85
  // Draws one colour at a time, because changing the colour for each point is slow.
  for (const [group, fill] of fills.entries()) {
    if (hidden.has(group)) continue
    context.fillStyle = fill
    context.beginPath()
    for (let i = 0; i < many; i++) {
      if (colours.groupOf[i] !== group) continue
      const [x, y] = onScreen(spread, view, i)
      if (x < -MARGIN || y < -MARGIN || x > size.width + MARGIN || y > size.height + MARGIN) continue
      context.moveTo(x + radius, y)
      context.arc(x, y, radius, 0, 2 * Math.PI)
    }
    context.fill()
  }
  context.globalAlpha = 1
  for (const i of selected) {
    const [x, y] = onScreen(spread, view, i)
    context.fillStyle = fills[colours.groupOf[i] ?? 0] ?? ''
    context.beginPath()
    context.arc(x, y, radius + 0.6, 0, 2 * Math.PI)
    context.fill()
  }
}

function drawLoop(context: CanvasRenderingContext2D, loop: readonly Point[]): void {
  context.beginPath()
  for (const [x, y] of loop) context.lineTo(x, y)
  context.closePath()
  context.fillStyle = resolved(context, 'var(--leaf-wash)')
  context.globalAlpha = 0.45
  context.fill()
  context.globalAlpha = 1
  context.strokeStyle = resolved(context, 'var(--leaf)')
  context.setLineDash([6, 4])
  context.stroke()
  context.setLineDash([])
}

/** Resolves a colour for the canvas: only an element understands var() and light-dark(). */
function resolved(context: CanvasRenderingContext2D, value: string): string {
  const probe = document.createElement('span')
  probe.style.color = value
  context.canvas.parentElement?.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

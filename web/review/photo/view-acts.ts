// The keys that zoom and pan the photo or change its brightness and contrast.

import type { Acts } from '../../keys/use-actions.ts'
import { brightness, contrast, lightSteps, resetLight, setBrightness, setContrast } from './light.ts'

/** What other parts can do to the photo's view. Distances are CSS pixels. */
export type PhotoControls = { closer(): void; farther(): void; pan(dx: number, dy: number): void; reset(): void }

/** How far one press of an arrow key pans, in CSS pixels. */
const PAN = 80

export const viewActs = (controls: () => PhotoControls | undefined) =>
  ({
    zoomIn: () => controls()?.closer(),
    zoomOut: () => controls()?.farther(),
    panLeft: () => controls()?.pan(PAN, 0),
    panRight: () => controls()?.pan(-PAN, 0),
    panUp: () => controls()?.pan(0, PAN),
    panDown: () => controls()?.pan(0, -PAN),
    brighter: () => setBrightness(brightness() + lightSteps.step),
    darker: () => setBrightness(brightness() - lightSteps.step),
    moreContrast: () => setContrast(contrast() + lightSteps.step),
    lessContrast: () => setContrast(contrast() - lightSteps.step),
    asTaken: () => {
      controls()?.reset()
      resetLight()
    },
  }) satisfies Acts

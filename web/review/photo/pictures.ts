// Which size of a photo to fetch: the smallest that is sharp at its width on the screen. The photo on the screen and
// the next one, which is fetched ahead, use the same rule.

import { createSignal } from 'solid-js'
import type { DetectionDetail, Media } from '../../../api/contract/media.ts'
import { fitInto, magnify, type Size } from '../../parts/photo/magnify.ts'

/** The size of the frame that shows photos, in CSS pixels. It stays the same for the next photo. */
const [frame, setFrame] = createSignal<Size>({ width: 0, height: 0 })

export { frame, setFrame }

/** The widths that the service offers. All are JPEG, which every browser shows, whatever the photo's own format. */
const WIDTHS = [640, 1280, 2560] as const

export function pictureAt(media: Pick<Media, 'imageUrl'>, cssWidth: number, ratio = window.devicePixelRatio): string {
  const wanted = WIDTHS.find((width) => width >= cssWidth * ratio) ?? WIDTHS[2]
  return `${media.imageUrl}?width=${wanted}`
}

/** Fetches and decodes the picture that is shown first. */
export async function loadPicture({ bbox, source, media }: DetectionDetail, zoomed: boolean): Promise<void> {
  const size = { width: media.width ?? 4, height: media.height ?? 3 }
  const placed = zoomed && source !== 'wholePhoto' ? magnify(frame(), size, bbox) : fitInto(frame(), size)
  const picture = new Image()
  picture.fetchPriority = 'high'
  picture.src = pictureAt(media, placed.width)
  await picture.decode()
}

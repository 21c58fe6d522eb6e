// Which size of a photo is fetched. In: the photo and how wide it lies on the screen. Out: the address of a picture just large
// enough; the same for the photo on the screen and for the next one, fetched ahead.

import { createSignal } from 'solid-js'
import type { DetectionDetail, Media } from '../../../api/contract/media.ts'
import { fitInto, magnify, type Size } from '../../parts/photo/magnify.ts'

/** The frame that photos are shown in, CSS pixels: it is the same for the next photo. */
const [frame, setFrame] = createSignal<Size>({ width: 0, height: 0 })

export { frame, setFrame }

/** The widths that the service makes. All are JPEG, which browsers show whatever the photo came as. */
const WIDTHS = [640, 1280, 2560] as const

export function pictureAt(media: Pick<Media, 'imageUrl'>, cssWidth: number, ratio = window.devicePixelRatio): string {
  const wanted = WIDTHS.find((width) => width >= cssWidth * ratio) ?? WIDTHS[2]
  return `${media.imageUrl}?width=${wanted}`
}

/** Fetches and decodes the picture that will be shown first. */
export async function loadPicture({ bbox, source, media }: DetectionDetail, zoomed: boolean): Promise<void> {
  const size = { width: media.width ?? 4, height: media.height ?? 3 }
  const placed = zoomed && source !== 'wholePhoto' ? magnify(frame(), size, bbox) : fitInto(frame(), size)
  const picture = new Image()
  picture.fetchPriority = 'high'
  picture.src = pictureAt(media, placed.width)
  await picture.decode()
}

// Photos are sent in parcels, so that thousands need few requests and a broken connection costs little.

export type Sized = { file: { size: number } }

const MOST_PHOTOS = 20
const MOST_BYTES = 32 * 2 ** 20

/** Splits photos into parcels and keeps their order. A photo larger than a parcel is sent alone. */
export function* parcels<T extends Sized>(photos: readonly T[]): Generator<T[]> {
  let parcel: T[] = []
  let bytes = 0
  for (const photo of photos) {
    if (parcel.length > 0 && (parcel.length >= MOST_PHOTOS || bytes + photo.file.size > MOST_BYTES)) {
      yield parcel
      parcel = []
      bytes = 0
    }
    parcel.push(photo)
    bytes += photo.file.size
  }
  if (parcel.length > 0) yield parcel
}

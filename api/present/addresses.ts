// Addresses of pictures.

/** Each version of a box has a crop of its own, and the address names it. */
export const cropUrl = (detectionId: number, boxVersion = 0) =>
  `/api/detections/${detectionId}/crop${boxVersion === 0 ? '' : `?v=${boxVersion}`}`
export const imageUrl = (mediaId: number) => `/api/media/${mediaId}/image`

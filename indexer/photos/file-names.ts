// The names of photos' files, wherever they are kept and in backups.

export const photoName = (sha256: string) => `photos/${sha256.slice(0, 2)}/${sha256}`
export const scaledName = (sha256: string, width: number) => `scaled/${sha256.slice(0, 2)}/${sha256}-${width}.jpg`
export const cropName = (detectionId: number) => `crops/${Math.floor(detectionId / 1000)}/${detectionId}.jpg`

/** The folders that all of them are in. */
export const KINDS = ['photos', 'crops', 'scaled'] as const

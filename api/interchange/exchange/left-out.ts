// What a file names and a reader leaves out, with the reason.

/** Something that stays out, and why. */
export type LeftOut = { type: 'leftOut'; what: string; why: string }

export const leftOut = (what: string, why: string): LeftOut => ({ type: 'leftOut', what, why })

const VIDEO = /\.(mp4|mov|avi|mpe?g|m4v|mkv|wmv|mts|3gp)$/i
export const isVideo = (path: string): boolean => VIDEO.test(path)
export const VIDEO_LEFT_OUT = 'It is a video, and videos are not read.'

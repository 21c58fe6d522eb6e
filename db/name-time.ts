// The time that a file's name holds: "20250824032846.JPG", "IMG_20250824_032846.jpg", "2025-08-24 03.28.46.jpg",
// "Station__2025-08-24__03-28-46(1).JPG", "WhatsApp Image 2025-08-24 at 03.28.46.jpeg", "PXL_20250824_032846123.jpg".
// It stands in where a photo's EXIF has no time.

const DATE = String.raw`(?<year>(?:19|20)\d\d)(?<between>[-_.:]?)(?<month>\d\d)\k<between>(?<day>\d\d)`
const TIME = String.raw`(?<hour>\d\d)(?<within>[-_.:h]?)(?<minute>\d\d)[-_.:m]?(?<second>\d\d)`
const MOMENT = new RegExp(String.raw`(?<!\d)${DATE}(?:[-_T. ]{0,3}| at )${TIME}(?:\d{3})?(?!\d)`)

/** "2025-08-24 03:28:46", by the camera's clock; null where the name has no date with a time to the second. */
export function timeInName(filename: string): string | null {
  const name = filename.slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1)
  const found = MOMENT.exec(name)?.groups
  if (found === undefined) return null
  const { year, month, day, hour, minute, second } = found
  const text = `${year}-${month}-${day} ${hour}:${minute}:${second}`
  const at = Date.parse(`${text.replace(' ', 'T')}Z`)
  // The 31st of February and the 25th hour are numbers of another kind.
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 19) === text.replace(' ', 'T') ? text : null
}

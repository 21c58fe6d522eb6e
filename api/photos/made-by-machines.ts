// Folders that operating systems and cameras make. Files in a system's folders are nobody's photos, and a camera's
// folder does not name a place. The command, the page, zips and the API share this rule.

/** Of Windows, macOS, Linux desktops, and NAS by Synology, QNAP and others: trash, thumbnails, snapshots, previews. */
const SYSTEM = new Set(
  [
    '__MACOSX',
    '$RECYCLE.BIN',
    'RECYCLER',
    'RECYCLED',
    'System Volume Information',
    'lost+found',
    'Network Trash Folder',
    'Temporary Items',
    'TheVolumeSettingsFolder',
    '@eaDir',
    '@Recycle',
    '@Recently-Snapshot',
    '@tmp',
    '@sharebin',
    '#recycle',
    '#snapshot',
    'Thumbs.db',
    'desktop.ini',
  ].map((name) => name.toLowerCase()),
)

/**
 * Whether a file or folder of this name, with everything below it, belongs to a system. Hidden ones (a dot first) do.
 */
export const isSystemName = (name: string): boolean =>
  name.startsWith('.') || SYSTEM.has(name.toLowerCase()) || /\.(lrdata|photoslibrary|aplibrary)$/i.test(name)

/** DCF's folders on a memory card (`DCIM`, `100EK113`, `101RECNX`, `100_0001`), and makers' own. */
export const isCardFolder = (name: string): boolean =>
  /^(DCIM|[1-9]\d{2}[A-Z0-9_]{5}|RECONYX\d*|CANONMSC|EOSMISC|PRIVATE|MISC)$/i.test(name)

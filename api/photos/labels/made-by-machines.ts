// Folders that operating systems and cameras make. Files in a system's folders are nobody's photos, and a camera's
// folder does not name a place. The command, the page, zips and the API share this rule.

/** Of Windows, macOS, Linux desktops, and NAS by Synology, QNAP and others: trash, thumbnails, snapshots, previews. */
const SYSTEM = new Set(
  [
    '__MACOSX',
    '$RECYCLE.BIN',
    'RECYCLER',
    'MSDOWNLD.TMP',
    'Windows.old',
    'RECYCLED',
    'System Volume Information',
    'lost+found',
    'LOST.DIR',
    'WPSystem',
    'MSOCache',
    'Config.Msi',
    'WindowsImageBackup',
    'Desktop DB',
    'Desktop DF',
    'Network Trash Folder',
    'TheFindByContentFolder',
    'Backups.backupdb',
    'DfsrPrivate',
    'Icon\r',
    '@__thumb',
    'ehthumbs_vista.db',
    'Temporary Items',
    'TheVolumeSettingsFolder',
    '@eaDir',
    '@Recycle',
    '@Recently-Snapshot',
    '@tmp',
    '@sharebin',
    '@sharesnap',
    '@snapshots',
    '@Transcode',
    '@S2S',
    '@cloudsync',
    '@appconf',
    '@apphome',
    '@appshare',
    '@apptemp',
    '@img_bkp_cache',
    '@__qini',
    'RecycleBin',
    '_gsdata_',
    '_vti_cnf',
    '_vti_pvt',
    '$AVG',
    'Photo Booth Library',
    '@appstore',
    '@appdata',
    '@database',
    '@docker',
    '@quarantine',
    'Network Recycle Bin',
    'trashbox',
    '~snapshot',
    'files_trashbin',
    'files_versions',
    '#recycle',
    '#snapshot',
    'Thumbs.db',
    'ehthumbs.db',
    'ZbThumbnail.info',
    'Picasa.ini',
    'desktop.ini',
  ].map((name) => name.toLowerCase()),
)

/** What trash and thumbnails are called where a system or a program names them for people. */
const CALLED =
  /^[_-]?(thumb(nail)?s?([ _-]?cache)?|trash[-_]\d+|miniatures?|miniaturas|vorschaubilder|trash( ?can)?|recycle[ ._-]?bin|recently deleted|papierkorb|zuletzt gelöscht|corbeille|poubelle|papelera([ _-]de[ _-]reciclaje)?|lixeira|cestino|prullenbak|papirkurv|papperskorg(en)?|roskakori|kosz|koš|lomtár|корзина|ごみ箱|回收站|휴지통)$/iu

/**
 * Whether a file or folder of this name, with everything below it, belongs to a system. Hidden ones (a dot first) do.
 */
export const isSystemName = (name: string): boolean => isOfSystem(name) || isOfSystem(name.replace(COPY, ''))

const COPY = /(?<=\S)( ?\(\d+\)| [2-9]| - (copy|copie|kopie|copia)( \(\d+\))?)$/i
const isOfSystem = (name: string): boolean =>
  name.startsWith('.') ||
  SYSTEM.has(name.toLowerCase()) ||
  SYSTEM.has(name.trim().toLowerCase()) ||
  CALLED.test(name.trim().normalize('NFC')) ||
  // Of Windows ($WINDOWS.~BT, found.000), Synology (@SynoResource, IMG_1.JPG@SynoEAStream), Office's locks, numbered
  // copies of trash, and catalogues with previews.
  /^(\$.*\.~\w+|\$(extend|sysreset|winreagent)|\$recycle\.bin.*|found\.\d{3}|#(recycle|snapshot).*|@eadir.*|@gmt-[\d.-]+|thumbs\.db.*|~\$.*|.*@syno\w+)$/i.test(
    name,
  ) ||
  /\.(lrdata|lrlibrary|photoslibrary|migratedphotolibrary|photolibrary|aplibrary|cocatalog)$/i.test(name)

/** DCF's folders on a memory card (`DCIM`, `100EK113`, `101RECNX`, `100_0001`), and makers' own. */
export const isCardFolder = (name: string): boolean =>
  /^(DCIM|[1-9]\d{2}[A-Z0-9_]{5}|RECONYX\d*|CANONMSC|EOSMISC|PRIVATE|MISC|AVCHD|M4ROOT|MP_ROOT|AVF_INFO|PANA_GRP)$/i.test(
    name,
  )

// Zips with deflated files, also with what a zip should not have: encrypted files, and false claims about a file's
// size.

import { crc32, deflateRawSync } from 'node:zlib'

/** `rawName`: the bytes of a name in whatever encoding, without the flag that says UTF-8. */
export type Zipped = { name: string; rawName?: Buffer; bytes: Uint8Array; encrypted?: boolean; claims?: number }

export function makeZip(files: Zipped[]): Buffer {
  const parts: Buffer[] = []
  const list: Buffer[] = []
  let offset = 0
  for (const { name, rawName, bytes, encrypted = false, claims = bytes.length } of files) {
    const packed = deflateRawSync(bytes)
    const path = rawName ?? Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE((encrypted ? 1 : 0) | (rawName ? 0 : 0x800), 2)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(claims, 18)
    common.writeUInt16LE(path.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, path, packed])
    const entry = Buffer.alloc(14)
    entry.writeUInt32LE(offset, 10)
    list.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), common, entry, path]))
    parts.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(list)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, directory, end])
}

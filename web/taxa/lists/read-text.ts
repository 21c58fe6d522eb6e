// The text of a file that a person chose, in the encodings that spreadsheets write; the server decides in the same way.

/** UTF-16 by its mark or its zero bytes, else UTF-8 where it is that, else Windows-1252. */
export async function readText(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const isBig = bytes[0] === 0xfe || bytes[0] === 0
  if (bytes[0] === 0xff || bytes[0] === 0xfe || bytes[0] === 0 || bytes[1] === 0)
    return new TextDecoder(isBig ? 'utf-16be' : 'utf-16le').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

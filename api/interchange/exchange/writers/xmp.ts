// XMP sidecars with keywords, as digiKam, Lightroom and camtrapR read them: `Species|Loxodonta africana`. One for each
// photo that people named; originals are never written.

import { type ExportSource, nameOf, textOf, type WrittenFile, zipOf } from './writer.ts'
import { escapeXml } from './xml-text.ts'

export const xmpWriter = zipOf('xmp', 'XMP sidecars', write)

async function* write(source: ExportSource): AsyncGenerator<WrittenFile> {
  const written = new Set<string>()
  for await (const photo of source.photos()) {
    const said = photo.boxes.flatMap((box) => box.statements.filter((one) => one.verified).slice(0, 1))
    const names = [...new Set(photo.isEmpty ? ['empty'] : said.map(nameOf))]
    const path = `${photo.path}.xmp`
    if (names.length === 0 || written.has(path)) continue
    written.add(path)
    yield { path, content: textOf(sidecar(names)) }
  }
}

const listOf = (kind: 'Bag' | 'Seq', texts: string[]) =>
  `<rdf:${kind}>${texts.map((text) => `<rdf:li>${escapeXml(text)}</rdf:li>`).join('')}</rdf:${kind}>`

const sidecar = (names: string[]): string => `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Clavis">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
   <lr:hierarchicalSubject>${listOf(
     'Bag',
     names.map((name) => `Species|${name}`),
   )}</lr:hierarchicalSubject>
   <digiKam:TagsList>${listOf(
     'Seq',
     names.map((name) => `Species/${name}`),
   )}</digiKam:TagsList>
   <dc:subject>${listOf('Bag', names)}</dc:subject>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
`

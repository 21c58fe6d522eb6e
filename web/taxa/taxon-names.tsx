// All names and ids of a taxon in a few lines: common names by language, synonyms, merged taxa and external ids.

import { For, type JSX, Show } from 'solid-js'
import type { TaxonFull } from '../../api/contract/taxonomy.ts'
import './taxon-names.css'

const languages = new Intl.DisplayNames(undefined, { type: 'language', fallback: 'code' })

function languageName(code: string): string {
  try {
    return languages.of(code) ?? code
  } catch {
    return code
  }
}

export function TaxonNames(props: { taxon: TaxonFull }): JSX.Element {
  const lines = () => {
    const of = (kind: 'common' | 'synonym') => props.taxon.names.filter((one) => one.kind === kind)
    const byLanguage = new Map<string, TaxonFull['names']>()
    for (const one of of('common')) {
      // This name is in the title, and its language is unknown.
      if (one.preferred && one.language === null) continue
      byLanguage.set(one.language ?? '', [...(byLanguage.get(one.language ?? '') ?? []), one])
    }
    return [
      ...[...byLanguage].map(([code, names]) => ({
        label: code === '' ? 'Also' : languageName(code),
        text: names.map(({ name }) => name).join(', '),
      })),
      {
        label: 'Synonyms',
        text: of('synonym')
          .map(({ name }) => name)
          .join(', '),
        italic: true,
      },
      { label: 'Merged into it', text: props.taxon.mergedFrom.map(({ name }) => name).join(', '), italic: true },
      { label: 'Ids', text: props.taxon.externalIds.join(', ') },
    ].filter(({ text }) => text !== '')
  }
  return (
    <Show when={lines().length > 0}>
      <dl class="taxon-names">
        <For each={lines()}>
          {(line) => (
            <>
              <dt>{line.label}</dt>
              <dd classList={{ italic: 'italic' in line && line.italic }}>{line.text}</dd>
            </>
          )}
        </For>
      </dl>
    </Show>
  )
}

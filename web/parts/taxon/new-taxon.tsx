// A form that adds a taxon without leaving the view. In the review, the answer's path suggests the parent. A species
// whose genus is unknown gets the genus added with it.

import { useQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import type { Taxon, TaxonDetail } from '../../../api/contract/taxon.ts'
import { X } from '../../icons/icons.ts'
import { sentenceOf } from '../../server/client.ts'
import { dataOf, queries } from '../../server/query-client.ts'
import { backbonePlace, createTaxon, taxonSearch } from '../../server/taxa.ts'
import { FormActions, FormError } from '../form/form.tsx'
import { Modal } from '../modal.tsx'
import { ChosenTaxon } from './chosen-taxon.tsx'
import { CommonNameField, ScientificNameField } from './name-fields.tsx'
import { type Rank, ranks } from './ranks.ts'
import { TaxonPicker } from './taxon-picker.tsx'
import './new-taxon.css'

type Parent = Pick<Taxon, 'id' | 'name' | 'rank'> & { commonName?: string | null }

const tidy = (text: string) => {
  const words = text.trim().replaceAll('_', ' ').replace(/\s+/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
const EPITHET = /^(?!(spp|aff|indet|inc|agg)$)\p{Ll}[\p{Ll}-]*\p{Ll}{2}$/u
/** By the epithets that follow the genus: an author or a doubt ends them. A working name has a number. */
const guessRank = (name: string): Rank => {
  if (/\bsp\. ?\d+$/.test(name)) return 'species'
  const [first = '', ...others] = name.split(/\s+/).filter((word) => !/^(ssp|subsp|var)\.?$/i.test(word))
  const end = others.findIndex((word) => !EPITHET.test(word))
  const epithets = end < 0 ? others.length : end
  if (epithets > 0) return epithets === 1 ? 'species' : 'subspecies'
  return /idae$/.test(first) ? 'family' : 'genus'
}

export function NewTaxon(props: {
  name: string
  path: readonly Parent[]
  /** It is added right below the last taxon of the path. */
  below?: boolean
  onClose: () => void
  onMade: (taxon: TaxonDetail) => void
}): JSX.Element {
  const [name, setName] = createSignal(tidy(props.name))
  const [chosenRank, setRank] = createSignal<Rank | null>(null)
  const [common, setCommon] = createSignal('')
  const [chosenParent, setParent] = createSignal<Parent | null | undefined>()
  const [fault, setFault] = createSignal<string | null>(null)
  const [busy, setBusy] = createSignal(false)

  const rank = () => chosenRank() ?? guessRank(name())
  const genus = createMemo(() => (rank() === 'species' ? (name().split(' ')[0] ?? '') : ''))
  const sameGenus = useQuery(() => ({ ...taxonSearch(genus()), enabled: genus().length > 2 }))
  const knownGenus = createMemo(() =>
    dataOf(sameGenus)?.items.find((t) => t.rank === 'genus' && t.name.toLowerCase() === genus().toLowerCase()),
  )
  const makesGenus = () => genus() !== '' && name().includes(' ') && sameGenus.isSuccess && knownGenus() === undefined
  const above = (p: Parent) => ranks.indexOf(p.rank) < ranks.indexOf(makesGenus() ? 'genus' : rank())
  /** What has to find a place: the new genus, or the taxon itself. */
  const topmost = () => (makesGenus() ? { name: genus(), rank: 'genus' as const } : { name: name(), rank: rank() })
  const placing = useQuery(() => ({
    ...backbonePlace(tidy(topmost().name), topmost().rank),
    enabled: !props.below && topmost().name.trim().length > 2 && knownGenus() === undefined,
  }))
  /** Where the backbone places it, as long as the person chooses nothing else; empty where nobody knows. */
  const backbone = () => (chosenParent() === undefined && !knownGenus() ? (dataOf(placing)?.path ?? []) : [])
  /** The chosen parent, else the known genus, else the deepest taxon of the answer's path with a higher rank. */
  const parent = (): Parent | null => {
    const chosen = chosenParent()
    return chosen !== undefined ? chosen : (knownGenus() ?? props.path.findLast(above) ?? null)
  }
  const isPlaced = () => backbone().length > 0

  const make = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setFault(null)
    try {
      const place = isPlaced() ? { parentId: null, byBackbone: true } : { parentId: parent()?.id ?? null }
      const stem = makesGenus() ? await createTaxon({ name: genus(), rank: 'genus', ...place }) : null
      const commonName = common().trim()
      const made = await createTaxon({
        name: tidy(name()),
        rank: rank(),
        ...(stem === null ? place : { parentId: stem.id }),
        ...(commonName !== '' && { commonName }),
      })
      void queries.invalidateQueries({ queryKey: ['taxa'] })
      props.onMade(made)
    } catch (error) {
      setFault(sentenceOf(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <Modal open onClose={props.onClose} title="New taxon">
      <form class="form new-taxon" onSubmit={make}>
        <ScientificNameField label="Scientific name" rank={rank()} value={name()} onInput={setName} />
        <div class="form-pair">
          <label class="field">
            Rank
            <select
              class="select input"
              value={rank()}
              onChange={(event) => setRank(ranks[event.currentTarget.selectedIndex] ?? null)}
            >
              <For each={ranks}>{(r) => <option value={r}>{r}</option>}</For>
            </select>
          </label>
          <CommonNameField value={common()} onInput={setCommon} />
        </div>
        <div class="field">
          <Show
            when={!isPlaced()}
            fallback={
              <>
                <ChosenParent taxon={backbone().at(-1) ?? null} onOther={() => setParent(null)} />
                <p class="hint">
                  Placed by the bundled list of mammals, birds and others:{' '}
                  {backbone()
                    .map((step) => step.name)
                    .join(' › ')}
                  . You can undo it in Taxa.
                </p>
              </>
            }
          >
            <Show
              when={parent()}
              fallback={
                <TaxonPicker
                  label="Parent"
                  placeholder="Search for the parent; leave empty for the top"
                  onPick={setParent}
                />
              }
            >
              {(chosen) => <ChosenParent taxon={chosen()} onOther={() => setParent(null)} />}
            </Show>
          </Show>
          <Show when={makesGenus()}>
            <p class="hint">
              The genus <em>{genus()}</em> does not exist yet and is added too.
            </p>
          </Show>
        </div>
        <FormError text={fault()} />
        <FormActions onCancel={props.onClose}>
          <button type="submit" class="button primary" disabled={busy() || name().trim() === ''}>
            Add taxon
          </button>
        </FormActions>
      </form>
    </Modal>
  )
}

function ChosenParent(props: { taxon: Pick<Parent, 'name' | 'rank'> | null; onOther: () => void }): JSX.Element {
  return (
    <>
      <span>Parent</span>
      <ChosenTaxon taxon={props.taxon}>
        <button
          type="button"
          class="button quiet icon"
          aria-label="Choose another parent"
          onClick={() => props.onOther()}
        >
          <X size={16} />
        </button>
      </ChosenTaxon>
    </>
  )
}

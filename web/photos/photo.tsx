// One whole photo with all its boxes, what each box shows, and facts about the photo.

import { A, useNavigate, useParams } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import type { Media } from '../../api/contract/media.ts'
import { ArrowLeft, RotateCcw, Trash2 } from '../icons/icons.ts'
import { Confirm } from '../parts/form/confirm.tsx'
import { counted } from '../parts/format.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Message } from '../parts/message.tsx'
import { notifyFailure } from '../parts/notices.tsx'
import { usePageTitle } from '../parts/page-title.ts'
import { boxesOf } from '../parts/photo/boxes.ts'
import { PhotoBoxes } from '../parts/photo/photo-boxes.tsx'
import { mayAs } from '../person/person.ts'
import { deleteMedia, mediaOne } from '../server/media.ts'
import { dataOf, queries } from '../server/query-client.ts'
import { DetectionCard } from './detection-card.tsx'
import { tryAgain } from './failed-list.tsx'
import { PhotoFacts } from './photo-facts.tsx'
import './photo.css'

export default function Photo(): JSX.Element {
  const params = useParams<{ id: string }>()
  const found = useQuery(() => mediaOne(params.id))
  usePageTitle(() => dataOf(found)?.filename.split('/').at(-1))
  return (
    <Loaded
      query={found}
      fallback={
        <div class="photo" aria-busy="true">
          <div class="photo-stage" />
        </div>
      }
    >
      {(media) => <Whole media={media()} />}
    </Loaded>
  )
}

function Whole(props: { media: Media }): JSX.Element {
  const navigate = useNavigate()
  const [pointed, setPointed] = createSignal<string | null>(null)
  const [deleting, setDeleting] = createSignal(false)
  const boxes = createMemo(() => boxesOf(props.media.detections))
  const size = createMemo(() => {
    const { width, height } = props.media
    return width !== null && height !== null ? { width, height } : null
  })
  const taught = () => props.media.detections.filter((d) => d.taxon !== null).length

  const remove = async () => {
    try {
      await deleteMedia(props.media.id)
      for (const queryKey of [['media'], ['summary'], ['detections'], ['answer'], ['taxa']])
        void queries.invalidateQueries({ queryKey })
      navigate('/photos')
    } catch (error) {
      notifyFailure('This photo could not be deleted', error)
    }
  }

  return (
    <div class="photo">
      <div class="photo-stage">
        <Show
          when={props.media.status === 'indexed'}
          fallback={
            <div class="photo-waiting">
              <Message
                title={
                  props.media.status === 'failed' ? 'This photo could not be processed' : 'This photo is still waiting'
                }
                actions={
                  <Show when={props.media.status === 'failed' && mayAs('editor')}>
                    <button type="button" class="button" onClick={() => void tryAgain(props.media)}>
                      <RotateCcw size={15} /> Try again
                    </button>
                  </Show>
                }
              >
                {props.media.failure?.message ?? 'It is processed after the photos that were added before it.'}
              </Message>
            </div>
          }
        >
          <PhotoBoxes
            src={props.media.imageUrl}
            alt={`Photo ${props.media.filename}`}
            size={size()}
            boxes={boxes()}
            focus={pointed()}
            onPick={(id) => navigate(`/review/${id}`)}
          />
        </Show>
      </div>
      <div class="photo-side">
        <A href="/photos" class="photo-back">
          <ArrowLeft size={15} /> Photos
        </A>
        <h1>{props.media.filename.split('/').at(-1)}</h1>
        <ul class="photo-detections" aria-label="Detections">
          <For each={props.media.detections}>
            {(d) => <DetectionCard detection={d} onPoint={(on) => setPointed(on ? d.id : null)} />}
          </For>
        </ul>
        <PhotoFacts media={props.media} />
        <Show when={mayAs('admin')}>
          <button type="button" class="button quiet photo-delete" onClick={() => setDeleting(true)}>
            <Trash2 size={15} /> Delete this photo…
          </button>
        </Show>
      </div>
      <Confirm
        open={deleting()}
        title="Delete this photo?"
        text={
          taught() > 0
            ? `The photo and its crops are deleted, and what was learned from ${counted(taught(), 'animal')} in it is forgotten. This cannot be undone.`
            : 'The photo and its crops are deleted. This cannot be undone.'
        }
        action="Delete"
        onConfirm={() => void remove()}
        onClose={() => setDeleting(false)}
      />
    </div>
  )
}

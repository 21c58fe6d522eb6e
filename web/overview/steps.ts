// The season from the memory card to the report as a list of steps: what is there, what is left, and where to go on.

import type { Import } from '../../api/contract/exchange/import.ts'
import type { Season } from '../../api/contract/survey/season.ts'
import { count, counted } from '../parts/format.ts'

export type Link = { href: string; text: string }
/** `left`: something waits; `done`: nothing does; `open`: it has not begun, or is always there. */
export type Step = { name: string; state: 'left' | 'done' | 'open'; words: string; links: Link[] }

/** The service counts up to this number. */
const MOST_COUNTED = 10_000
const many = (n: number, one: string, more?: string) =>
  n >= MOST_COUNTED ? `${count(MOST_COUNTED)} ${more ?? `${one}s`} or more` : counted(n, one, more)
const sentence = (parts: readonly (string | false)[]) => {
  const said = parts.filter((part) => part !== false).join(', ')
  return said === '' ? '' : `${said.charAt(0).toUpperCase()}${said.slice(1)}.`
}

/** `imports` are the latest ones. */
export function stepsOf(now: Season, imports: readonly Pick<Import, 'status' | 'failed'>[]): Step[] {
  const running = imports.filter(({ status }) => status !== 'done').length
  const failed = imports.reduce((sum, one) => sum + one.failed, 0)
  const animals = Math.max(0, now.waiting - now.withoutBox)
  const more = (n: number, text: string, href: string): Link[] => (n > 0 ? [{ href, text: `${count(n)} ${text}` }] : [])
  return [
    {
      name: 'Deployments',
      state: now.deployments === 0 ? 'open' : now.unplaced + now.undated + now.withoutDeployment > 0 ? 'left' : 'done',
      words: sentence([
        now.deployments === 0 ? 'say where each camera stood and when' : counted(now.deployments, 'deployment'),
        now.unplaced > 0 && `${count(now.unplaced)} without coordinates`,
        now.undated > 0 && `${count(now.undated)} without a start`,
        now.withoutDeployment > 0 && `${many(now.withoutDeployment, 'photo')} in none`,
      ]),
      links: [{ href: '/deployments', text: 'Deployments' }],
    },
    {
      name: 'Imports',
      state: now.queued + running + failed > 0 ? 'left' : now.hasPhotos ? 'done' : 'open',
      words: sentence([
        now.queued > 0
          ? `${many(now.queued, 'photo')} in which animals are still to be found`
          : 'all photos are looked at',
        failed > 0 && `${counted(failed, 'photo')} could not be read`,
      ]),
      links: [{ href: '/add', text: 'Add photos' }, ...more(failed, 'failed', '/photos?status=failed')],
    },
    {
      name: 'Empty photos',
      state: now.withoutBox > 0 ? 'left' : 'done',
      words: sentence([
        now.withoutBox > 0 ? `${many(now.withoutBox, 'photo')} without a box to look at` : 'none is left',
        now.empty > 0 && `${many(now.empty, 'photo')} set aside`,
      ]),
      links: [
        { href: '/add/false-triggers', text: 'Set aside' },
        ...(now.withoutBox > 0 ? [{ href: '/review?queue=falseTrigger', text: 'Look through them' }] : []),
      ],
    },
    {
      name: 'Review',
      state: animals + now.conflicts + now.mislabelled > 0 ? 'left' : 'done',
      words: sentence([
        animals > 0 ? `${many(animals, 'animal')} to identify` : 'every animal is identified',
        now.identified > 0 && `${many(now.identified, 'animal')} identified by people`,
      ]),
      links: [
        { href: '/review', text: 'Review' },
        ...more(now.conflicts, 'in conflict', '/review?queue=conflict'),
        ...more(now.mislabelled, 'probably mislabelled', '/labels'),
        ...more(now.flagged, 'flagged', '/review?queue=flagged'),
      ],
    },
    {
      name: 'Results',
      state: 'open',
      words: sentence([
        'events, effort, rates and occupancy tables from what people said',
        animals > 0 && `without ${many(animals, 'animal')} that nobody has reviewed`,
      ]),
      links: [
        { href: '/results', text: 'Results' },
        { href: '/insight', text: 'Insight' },
      ],
    },
    {
      name: 'Export',
      state: 'open',
      words: sentence([
        now.identified > 0 && `${many(now.identified, 'identified animal')} to take away`,
        'as tables, photos in folders or in the formats of other programs',
      ]),
      links: [{ href: '/grid?queue=recent', text: 'Choose and export' }],
    },
  ]
}

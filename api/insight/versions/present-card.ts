// The card of a version as the API shows it.

import type { Card } from '../../../classifiers/evaluation/versions/card.ts'
import { readCard } from '../../../classifiers/live/versions/write-card.ts'
import type { CardHead } from '../../../db/trees/version-cards.ts'
import type { VersionCard, VersionHead } from '../../contract/models/version.ts'

/** By the names of its own time. */
const namesOf = ({ names }: Card) => {
  const byId = new Map(names.map((one) => [one.id, one]))
  return (id: number) => ({ ...(byId.get(id) ?? { name: 'a deleted taxon', rank: '' }), id: String(id) })
}

export function presentHead(row: CardHead, answering: number): VersionHead {
  return headOf(row, readCard(row), answering)
}

function headOf({ refused, publishedAt }: CardHead, card: Card, answering: number): VersionHead {
  const nameOf = namesOf(card)
  const embedder = card.nets.find(({ kind }) => kind === 'embedder')
  const percent = (one: number) => `${(100 * one).toFixed(0)} %`
  return {
    version: card.version,
    createdAt: card.createdAt,
    publishedAt: publishedAt?.toISOString() ?? null,
    refused,
    current: card.version === answering,
    embedder: { name: embedder?.name ?? 'unknown', sha256: embedder?.sha256 ?? '' },
    examples: card.material.examples,
    taxa: card.taxa.all,
    judgedBy: card.judgedBy,
    ranks: card.figures.ranks.map(({ rank, photos, right, share, low, high }) => ({
      ...{ rank, photos, right, share, low, high },
    })),
    reasons: [
      ...(card.gate?.reasons ?? []),
      ...(card.gate?.losses ?? []).map(
        ({ taxonId, photos, before, candidate }) =>
          `${nameOf(taxonId).name} is named right in ${percent(candidate)} instead of ${percent(before)} of ${photos} photos.`,
      ),
    ],
  }
}

export function presentCard(row: CardHead, answering: number): VersionCard {
  const card = readCard(row)
  const { material, figures, taxa, gate, since } = card
  const taxon = namesOf(card)
  return {
    ...headOf(row, card, answering),
    nets: card.nets,
    bySource: material.bySource,
    listed: taxa.listed.map(({ taxonId, ...counts }) => ({ taxon: taxon(taxonId), ...counts })),
    others: taxa.others,
    ...{ used: material.used, heldOut: material.heldOut, groups: material.groups },
    judged: { photos: figures.photos, groups: figures.groups },
    reliability: figures.ranks.map(({ rank, calibrationError, calibrationFloor, reliability }) => ({
      ...{ rank, calibrationError, calibrationFloor, bins: reliability },
    })),
    asked: figures.asked,
    mistakes: figures.mistakes,
    confusions: figures.confusions.map(({ truthId, saidId, ...pair }) => ({
      ...{ truth: taxon(truthId), said: taxon(saidId), ...pair },
    })),
    weakest: figures.weakest.map(({ taxonId, ...share }) => ({ taxon: taxon(taxonId), ...share })),
    settings: card.settings,
    gate: gate && {
      photos: gate.photos,
      figures: gate.figures,
      losses: gate.losses.map(({ taxonId, ...loss }) => ({ taxon: taxon(taxonId), ...loss })),
    },
    since: since && {
      ...since,
      changed: since.changed.map(({ taxonId, ...counts }) => ({ taxon: taxon(taxonId), ...counts })),
    },
    rebuild: {
      command: `npm run versions -- rebuild ${card.version}`,
      examplesSha256: material.examplesSha256,
      taxonomySha256: material.taxonomySha256,
      statisticsSha256: material.statisticsSha256,
      referenceSha256: material.referenceSha256,
    },
  }
}

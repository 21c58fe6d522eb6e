// Names above the genus: by the endings that the codes of nomenclature reserve, and well-known ones without such an
// ending, which people write where a species is expected ("Chiroptera indet.", "Aves").

import type { Rank } from '../../db/schema.ts'

const WELL_KNOWN: [Rank, string][] = [
  ['kingdom', 'Animalia Plantae Fungi'],
  ['phylum', 'Chordata Arthropoda Mollusca Annelida Cnidaria Echinodermata Porifera Platyhelminthes Nematoda'],
  [
    'class',
    'Mammalia Aves Reptilia Amphibia Actinopterygii Chondrichthyes Elasmobranchii Insecta Arachnida Malacostraca Gastropoda Bivalvia Cephalopoda Chilopoda Diplopoda Clitellata Collembola',
  ],
  [
    'order',
    'Carnivora Rodentia Primates Chiroptera Artiodactyla Cetartiodactyla Perissodactyla Cetacea Sirenia Proboscidea Hyracoidea Pholidota Tubulidentata Cingulata Pilosa Scandentia Dermoptera Macroscelidea Afrosoricida Eulipotyphla Insectivora Dasyuromorphia Didelphimorphia Peramelemorphia Notoryctemorphia Diprotodontia Monotremata Microbiotheria Paucituberculata Squamata Testudines Crocodylia Crocodilia Rhynchocephalia Anura Caudata Urodela Gymnophiona Odonata Mantodea Blattodea Phasmatodea Phasmida Araneae Scorpiones Opiliones Solifugae Acari Decapoda Isopoda Amphipoda Stylommatophora Zygentoma Archaeognatha Psocodea',
  ],
]
const RANK_BY_NAME = new Map(
  WELL_KNOWN.flatMap(([rank, names]) => names.split(' ').map((name) => [name, rank] as const)),
)

/** The rank of a name of one word; null: it may be a genus, or a name of any rank. */
export function rankByEnding(name: string): 'family' | 'order' | null {
  if (/^\p{Lu}\p{Ll}+(idae|aceae)$/u.test(name)) return 'family'
  return /^\p{Lu}\p{Ll}+(formes|ptera|morpha)$/u.test(name) ? 'order' : null
}

/**
 * The rank of a name above the genus; null for a genus; 'none' for a rank that the taxonomy does not have (subfamily,
 * tribe, superfamily). `hasEpithet`: a word follows that makes a genus of what is no reserved name (Rhinoptera
 * bonasus).
 */
export function rankOfHigherName(name: string, hasEpithet: boolean): Rank | 'none' | null {
  const known = RANK_BY_NAME.get(name)
  if (known !== undefined) return known
  const byEnding = rankByEnding(name)
  if (byEnding === 'family' || (byEnding !== null && (!hasEpithet || name.endsWith('formes')))) return byEnding
  return !hasEpithet && /^\p{Lu}\p{Ll}{2,}(inae|oidea|ini)$/u.test(name) ? 'none' : null
}

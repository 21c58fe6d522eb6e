// The kinds of animal that are drawn, by measurements that differ as animals do: in build, head, ears, tail and coat.

export type Beast = {
  name: string
  commonName: string
  /** The path above the genus. */
  above: [className: string, order: string, family: string]
  coat: string
  belly: string
  legs: string
  length: number
  /** The height of the back above the ground. */
  height: number
  depth: number
  /** The distance from the withers to the head, forward and up. */
  neck: [forward: number, up: number]
  head: number
  snout: number
  legWidth: number
  ears: 'pointed' | 'round' | 'long' | 'tufted' | 'deer'
  tail: 'bushy' | 'ringed' | 'stub' | 'thin' | 'rump'
  coatOf?: 'stripes' | 'spots' | 'bristles'
  face?: 'badger' | 'bib' | 'white'
}

export const BEASTS: readonly Beast[] = [
  {
    name: 'Vulpes vulpes',
    commonName: 'red fox',
    above: ['Mammalia', 'Carnivora', 'Canidae'],
    coat: '#b8602f',
    belly: '#efdcc6',
    legs: '#33241d',
    length: 138,
    height: 86,
    depth: 42,
    neck: [26, 20],
    head: 19,
    snout: 25,
    legWidth: 11,
    ears: 'pointed',
    tail: 'bushy',
    face: 'white',
  },
  {
    name: 'Meles meles',
    commonName: 'badger',
    above: ['Mammalia', 'Carnivora', 'Mustelidae'],
    coat: '#85827b',
    belly: '#2b2724',
    legs: '#211d1b',
    length: 150,
    height: 72,
    depth: 58,
    neck: [22, -14],
    head: 19,
    snout: 26,
    legWidth: 17,
    ears: 'round',
    tail: 'stub',
    face: 'badger',
  },
  {
    name: 'Capreolus capreolus',
    commonName: 'roe deer',
    above: ['Mammalia', 'Artiodactyla', 'Cervidae'],
    coat: '#96623a',
    belly: '#cfac83',
    legs: '#7a4f30',
    length: 140,
    height: 138,
    depth: 54,
    neck: [34, 58],
    head: 17,
    snout: 26,
    legWidth: 9,
    ears: 'deer',
    tail: 'rump',
  },
  {
    name: 'Sus scrofa',
    commonName: 'wild boar',
    above: ['Mammalia', 'Artiodactyla', 'Suidae'],
    coat: '#4b4139',
    belly: '#3a322c',
    legs: '#2a2420',
    length: 176,
    height: 116,
    depth: 84,
    neck: [26, -22],
    head: 30,
    snout: 46,
    legWidth: 15,
    ears: 'pointed',
    tail: 'thin',
    coatOf: 'bristles',
  },
  {
    name: 'Felis silvestris',
    commonName: 'wildcat',
    above: ['Mammalia', 'Carnivora', 'Felidae'],
    coat: '#8f7f68',
    belly: '#cbbb9d',
    legs: '#84745d',
    length: 124,
    height: 76,
    depth: 42,
    neck: [20, 16],
    head: 20,
    snout: 9,
    legWidth: 13,
    ears: 'pointed',
    tail: 'ringed',
    coatOf: 'stripes',
  },
  {
    name: 'Martes martes',
    commonName: 'pine marten',
    above: ['Mammalia', 'Carnivora', 'Mustelidae'],
    coat: '#5d3b27',
    belly: '#6d4730',
    legs: '#37241a',
    length: 132,
    height: 54,
    depth: 31,
    neck: [24, 18],
    head: 15,
    snout: 14,
    legWidth: 11,
    ears: 'round',
    tail: 'bushy',
    face: 'bib',
  },
  {
    name: 'Lepus europaeus',
    commonName: 'brown hare',
    above: ['Mammalia', 'Lagomorpha', 'Leporidae'],
    coat: '#a98860',
    belly: '#e6d8c0',
    legs: '#9a7852',
    length: 98,
    height: 72,
    depth: 54,
    neck: [16, 22],
    head: 17,
    snout: 11,
    legWidth: 10,
    ears: 'long',
    tail: 'stub',
  },
  {
    name: 'Lynx lynx',
    commonName: 'lynx',
    above: ['Mammalia', 'Carnivora', 'Felidae'],
    coat: '#b39163',
    belly: '#e8d8bd',
    legs: '#a98759',
    length: 140,
    height: 112,
    depth: 50,
    neck: [22, 20],
    head: 23,
    snout: 11,
    legWidth: 17,
    ears: 'tufted',
    tail: 'stub',
    coatOf: 'spots',
  },
]

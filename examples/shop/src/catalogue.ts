/** One thing that the shop sells. */
export interface Item {
  /** Its name in URLs and in carts. */
  readonly sku: string
  readonly name: string
  /** In cents. */
  readonly price: number
  /** One line, for the list. */
  readonly line: string
  /** What there is to say about it. */
  readonly story: string
  /** What it is made of, and its size. */
  readonly facts: readonly string[]
}

/** Everything there is, in the order in which it is shown. */
export const catalogue: readonly Item[] = [
  {
    sku: 'monkeys-fist',
    name: 'Monkey’s fist',
    price: 950,
    line: 'A key ring that floats when the keys go over the side.',
    story:
      'Three turns, three times, around a cork core. The knot was made to be thrown: it carries the heaving line from ship to quay. Ours carries keys.',
    facts: ['Hemp over cork', '4 cm across', 'Floats with up to six keys'],
  },
  {
    sku: 'three-strand-line',
    name: 'Three-strand line',
    price: 2800,
    line: 'Ten metres that splice well and lie flat.',
    story:
      'Laid to the right, a little hard, so that it holds its shape and opens willingly under a fid. One end is whipped, the other is left to you.',
    facts: ['Spun polyester, 12 mm', '10 m', 'Breaks at 2,300 kg'],
  },
  {
    sku: 'cleat',
    name: 'Ash cleat',
    price: 1900,
    line: 'A figure of eight and one hitch, for a boat or for a blind.',
    story:
      'Cut along the grain so that the horns do not break off, rubbed with oil three times. Screws are in the bag.',
    facts: ['Ash, linseed oil', '16 cm', 'Two brass screws'],
  },
  {
    sku: 'soft-shackle',
    name: 'Soft shackle',
    price: 1400,
    line: 'Stronger than the steel one, and kinder to the deck.',
    story:
      'A loop that closes over a diamond knot. It weighs next to nothing, and it does not ring against the mast all night.',
    facts: ['Dyneema, 6 mm', '10 cm loop', 'Breaks at 5,000 kg'],
  },
  {
    sku: 'block',
    name: 'Wooden block',
    price: 4600,
    line: 'One sheave, for a line of up to 12 mm.',
    story:
      'Elm cheeks around a sheave of lignum vitae, which greases itself. Ships were rigged with nothing else for three hundred years.',
    facts: ['Elm, lignum vitae, bronze pin', '11 cm', 'Works to 250 kg'],
  },
  {
    sku: 'ditty-bag',
    name: 'Ditty bag',
    price: 3800,
    line: 'For needle, palm, twine and the sandwich.',
    story:
      'Sewn from sails that have seen more of the world than we have. Rope grommets, a drawstring that draws, and a bottom that stands by itself.',
    facts: ['Old sailcloth', '28 cm high', 'No two are alike'],
  },
  {
    sku: 'lantern',
    name: 'Anchor lantern',
    price: 6400,
    line: 'Hangs in the rigging, stands on the table.',
    story: 'A storm lantern in brass with a thick lens. It burns for twenty hours and can be seen for two miles.',
    facts: ['Brass, pressed glass', '24 cm', 'Lamp oil, or a candle'],
  },
  {
    sku: 'bell',
    name: 'Ship’s bell',
    price: 7200,
    line: 'With a bell rope of eight strands.',
    story:
      'Eight bells and the watch is over. Cast in sand, turned, and left to darken; the rope is plaited by Signe, who will not be hurried.',
    facts: ['Brass, 1.4 kg', '15 cm', 'Bell rope included'],
  },
  {
    sku: 'mat',
    name: 'Carrick mat',
    price: 3500,
    line: 'One rope, no end, and dry feet.',
    story: 'A carrick bend that never stops: four passes of one rope. It takes up sand and forgives muddy boots.',
    facts: ['Manila, 10 mm', '60 × 38 cm', 'Hose it down'],
  },
  {
    sku: 'fid',
    name: 'Fid',
    price: 2300,
    line: 'Opens the strands and asks no questions.',
    story: 'A pointed piece of olive wood, and the difference between a splice and a bad temper.',
    facts: ['Olive wood', '22 cm', 'Smooth as a pebble'],
  },
]

const bySku = new Map(catalogue.map((item) => [item.sku, item]))

/** The item of that name; `undefined` where there is none. */
export function itemOf(sku: string): Item | undefined {
  return bySku.get(sku)
}

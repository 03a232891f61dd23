/**
 * Words of which the example secrets of READMEs, tutorials and generators are made. Only a secret that is nothing but
 * such words is refused, so the list may be long: no random text is.
 */
const EXAMPLE_WORDS: ReadonlySet<string> = new Set(
  `a abc admin an and any api app application around as asdf at auth authentication averylogphrase backend bar base
  battery baz be bigger bit bits byte bytes can cat cats change changed changeit changeme changethis char character
  characters chars code company complex cookie cookies correct create default demo dev development do dog dummy else
  encryption enter entropy env environment example express fallback fastify file foo for from generate generated goes
  guess hapi hard hello here hex horse hunter hush i if in insecure insert into ipsum is it its jwt keep key keyboard
  keys kitty koa later least length letmein local localhost long lorem love make master me min minimum more must my
  mysite name nest never next node nodejs not nothing now of only openssl or our own party pass passphrase passport
  password phrase placeholder please private prod production project provide public puppy put qwerty rand random
  randomly real really redis replace safe salt same sample scotch scotchy secrecy secret secrets secure security
  server session sessions set share shared shh shhh shhhh shhhhh should sid sign signed signing signature simple site
  so some somebody someone something staging staple store strong string super supersecret temp temporary test testing
  text than that the then there thing thirty this time to todo token tokens top topsecret trustno two typescript ultra
  unsafe update use used user using value variable very want web webapp website will with word words world xxx yes you
  your zzz`.split(/\s+/),
)

const LONGEST_WORD = Math.max(...[...EXAMPLE_WORDS].map((word) => word.length))

/** What is typed by running a finger over the keys or through the alphabet. */
const TRACKS: readonly string[] = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '!@#$%^&*()',
]

/** Two characters that stand next to each other on a track, in either direction. */
const STEPS: ReadonlySet<string> = new Set(
  TRACKS.flatMap((track) =>
    [...track].slice(1).flatMap((next, index) => [`${track[index]}${next}`, `${next}${track[index]}`]),
  ),
)

const LEAST_BYTES = 32
/** 32 random characters in hexadecimal, the poorest spelling in use, have about 3.6. */
const LEAST_BITS_A_CHARACTER = 2.75
/** Of the pairs of random characters in hexadecimal a fifth are steps. */
const MOST_STEPS = 2 / 3

/**
 * Why a secret is weak, in words that follow "the secret is weak: ", and never with a part of it; `null` for a strong
 * one: 32 random bytes or more, in whatever spelling.
 *
 * A check against mistakes, not a measure: what a person has thought up may pass and still be guessed.
 */
export function weakness(secret: string): string | null {
  return isExample(secret) ? 'it is made of the words of example secrets' : poverty(secret)
}

/** Why a text is weak, whatever its words. */
function poverty(text: string): string | null {
  if (Buffer.byteLength(text) < LEAST_BYTES) return `it is shorter than ${LEAST_BYTES} bytes`
  if (isRepetition(text)) return 'it repeats a short text'
  if (shareOfSteps(text.toLowerCase()) > MOST_STEPS) return 'it runs along the alphabet or the keyboard'
  if (bitsPerCharacter(text) < LEAST_BITS_A_CHARACTER) return 'it has few different characters'
  return null
}

/** What people write in place of letters. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  Object.entries({ 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', $: 's', '@': 'a', '!': 'i' }),
)

/**
 * Whether the letters are words of examples and the rest adds nothing. Read as it stands, and once more with the digits
 * and signs that people write in place of letters.
 */
function isExample(secret: string): boolean {
  const lower = secret.toLowerCase()
  if (!/[a-z]/.test(lower)) return false
  const spelled = lower.replace(/[01345$@!]/g, (sign) => SPELLINGS.get(sign) ?? sign)
  return [lower, spelled].some(
    (text) => isMadeOfWords(text.replace(/[^a-z]/g, '')) && poverty(text.replace(/[a-z]/g, '')) !== null,
  )
}

/**
 * Whether a text can be cut into example words. Each place is looked at once, so the time grows with the length alone.
 */
function isMadeOfWords(text: string): boolean {
  const reachable = new Set([0])
  for (let from = 0; from < text.length; from += 1) {
    if (!reachable.has(from)) continue
    for (let to = from + 1; to <= Math.min(text.length, from + LONGEST_WORD); to += 1) {
      if (EXAMPLE_WORDS.has(text.slice(from, to))) reachable.add(to)
    }
  }
  return reachable.has(text.length)
}

/** Whether a text is another, of less than 32 bytes, again and again; the last time it may be cut short. */
function isRepetition(text: string): boolean {
  // The failure function of Knuth, Morris and Pratt: how much of the beginning stands here once more.
  const borders = [0]
  let border = 0
  for (let at = 1; at < text.length; at += 1) {
    while (border > 0 && text[at] !== text[border]) border = borders[border - 1] ?? 0
    if (text[at] === text[border]) border += 1
    borders.push(border)
  }
  const period = text.length - border
  return period * 2 <= text.length && Buffer.byteLength(text.slice(0, period)) < LEAST_BYTES
}

/** How many of the pairs of neighbours are a step on a track, or twice the same. */
function shareOfSteps(text: string): number {
  let steps = 0
  for (let at = 1; at < text.length; at += 1) {
    if (text[at - 1] === text[at] || STEPS.has(text.slice(at - 1, at + 1))) steps += 1
  }
  return steps / (text.length - 1)
}

/** Shannon's entropy of the characters as they are distributed. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return [...counts.values()].reduce((sum, count) => sum - (count / total) * Math.log2(count / total), 0)
}

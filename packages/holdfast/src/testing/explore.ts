import type { Act } from './act.js'
import { dependent } from './dependence.js'

/** Walks through the orders of a scenario, one run after the other. */
export interface Walk {
  /** Picks the next act of the run that is under way; -1 where the rest of it was seen already. */
  choose(this: void, pending: readonly Act[]): number
  /** Prepares the next run; `false` when there is none left. */
  next(this: void): boolean
}

/** How far each thread had come: thread to the number of its acts. */
type Clock = ReadonlyMap<string, number>

/** One place in the order, and what is still to be tried there. */
interface Place {
  /** The act that is tried here. */
  key: string
  /** The same act as this run has it. */
  act: Act
  /** What happened before it and has a say in it, itself included. */
  clock: Clock
  /** Which acts must begin here for every order to be seen. */
  readonly wanted: Set<string>
  /** Acts with which every order was seen already, here or at an earlier place. */
  readonly asleep: Set<string>
  /** `true` until the act that is to be tried here has happened once. */
  untried: boolean
}

/**
 * Every order, by re-execution and depth first.
 *
 * With `reduce`, one order out of those that differ only in acts that may change places: an act is tried elsewhere only
 * where a race was seen (source sets), and never where its orders were all seen (sleep sets). Without it, every order.
 */
export function everyOrder(reduce: boolean): Walk {
  const path: Place[] = []
  let depth = 0

  const enter = (pending: readonly Act[]): Place | undefined => {
    const before = path[path.length - 1]
    const asleep = new Set<string>()
    if (before !== undefined && reduce) {
      for (const act of pending) if (before.asleep.has(act.key) && !dependent(act, before.act)) asleep.add(act.key)
    }
    const awake = pending.filter((act) => !asleep.has(act.key))
    // To go on with the same thread makes reports easier to read.
    const act = awake.find((candidate) => candidate.thread === before?.act.thread) ?? awake[0]
    if (act === undefined) return undefined
    const wanted = new Set(reduce ? [act.key] : pending.map((each) => each.key))
    return { key: act.key, act, clock: new Map(), wanted, asleep, untried: true }
  }

  return {
    choose(pending) {
      let place = path[depth]
      if (place === undefined) {
        place = enter(pending)
        if (place === undefined) return -1
        path.push(place)
      }
      const { key } = place
      const index = pending.findIndex((act) => act.key === key)
      const act = pending[index]
      if (act === undefined) {
        throw new Error(`holdfast: the scenario is not repeatable: ${key} was asked for in one run and not in the next`)
      }
      place.act = act
      if (reduce && place.untried) place.clock = meetRaces(path, depth)
      place.untried = false
      depth++
      return index
    },
    next() {
      depth = 0
      for (let place = path.at(-1); place !== undefined; place = path.at(-1)) {
        place.asleep.add(place.key)
        const { asleep } = place
        const key = [...place.wanted].find((candidate) => !asleep.has(candidate))
        if (key !== undefined) {
          place.key = key
          place.untried = true
          return true
        }
        path.pop()
      }
      return false
    },
  }
}

/**
 * Looks for the acts before the one at `depth` that might as well have come after it, and wants the other order there.
 * Answers the clock of the act.
 */
function meetRaces(path: readonly Place[], depth: number): Clock {
  const { act } = path[depth] as Place
  const clock = new Map<string, number>()
  join(clock, path[act.after]?.clock)
  for (let at = depth - 1; at >= 0; at--) {
    const place = path[at] as Place
    if (!dependent(place.act, act)) continue
    if (!isBefore(place, clock)) wantOther(path, at, depth, clock)
    join(clock, place.clock)
  }
  clock.set(act.thread, (clock.get(act.thread) ?? 0) + 1)
  return clock
}

/** Wants, at place `at`, one of the acts with which the order "what is at `depth` before what is at `at`" can begin. */
function wantOther(path: readonly Place[], at: number, depth: number, clock: Clock): void {
  const { wanted, asleep, act: overtaken } = path[at] as Place
  const position = positionOf(path[at] as Place)
  const free: Place[] = []
  for (let index = at + 1; index < depth; index++) {
    const place = path[index] as Place
    if ((place.clock.get(overtaken.thread) ?? 0) < position) free.push(place)
  }
  const beginnings = free
    .filter((place) => !free.some((other) => other !== place && isBefore(other, place.clock)))
    .map((place) => place.key)
  if (!free.some((place) => isBefore(place, clock))) beginnings.push((path[depth] as Place).key)
  if (beginnings.some((key) => wanted.has(key) || asleep.has(key))) return
  wanted.add(beginnings[0] as string)
}

function positionOf(place: Place): number {
  return place.clock.get(place.act.thread) as number
}

/** Whether what happened at a place has a say in what has this clock. */
function isBefore(place: Place, clock: Clock): boolean {
  return (clock.get(place.act.thread) ?? 0) >= positionOf(place)
}

function join(clock: Map<string, number>, other: Clock | undefined): void {
  if (other === undefined) return
  for (const [thread, count] of other) if (count > (clock.get(thread) ?? 0)) clock.set(thread, count)
}

/** An order drawn at random, as often as asked. */
export function randomOrders(random: () => number): Walk['choose'] {
  return (pending) => Math.floor(random() * pending.length)
}

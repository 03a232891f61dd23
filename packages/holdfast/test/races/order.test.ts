import { describe, expect, test } from 'vitest'
import type { Call } from '../../src/testing/act.js'
import { newEnding, newRow } from '../../src/testing/store-kit/fixture.js'
import { haveMet, inOrder } from './order.js'
import type { Sighting } from './recording.js'

const now = 0
const row = newRow(now)
const { handle } = row
const ending = newEnding(now)
const ended = { ...row, version: 3, ended: { reason: ending.reason, successor: null, until: 1, by: ending.op } }

/** `process@sent-answered`, what it asked for, and what it was answered. */
function seen(what: string, call: Call, answer?: unknown): Sighting {
  const [, process = '', sent, answered] = /^(\w+)@(\d+)-(\d+)$/.exec(what) ?? []
  const about = call.kind === 'find' || call.kind === 'sweep' || call.kind === 'moment' ? null : handle
  const act = {
    key: what,
    thread: process,
    process,
    ordinal: 0,
    call,
    handle: about,
    found: null,
    after: -1,
    idle: false,
  }
  return { act, sent: Number(sent), answered: Number(answered), answer }
}

const get: Call = { kind: 'get', handle }
const patch: Call = { kind: 'patch', handle, patch: {} }
const create: Call = { kind: 'create', row }
const end: Call = { kind: 'end', handle, ending }
const moment: Call = { kind: 'moment', name: 'now', conflicts: () => true }
const order = (...sightings: Sighting[]): string[] => inOrder(sightings).map(({ act }) => act.process)

describe('the order of what raced', () => {
  test('an act that was answered before another was asked for comes first', () => {
    expect(order(seen('B@2-3', moment), seen('A@0-1', moment))).toEqual(['A', 'B'])
  })

  test('patches that met on the wire come as the versions say', () => {
    expect(order(seen('A@0-3', patch, 3), seen('B@1-2', patch, 2))).toEqual(['B', 'A'])
  })

  test('a read comes between the writes whose outcome it saw', () => {
    const read = seen('R@0-9', get, { ...row, version: 2 })
    expect(order(read, seen('A@1-8', patch, 3), seen('B@2-7', patch, 2))).toEqual(['B', 'R', 'A'])
  })

  test('a read that found nothing comes before the row was created', () => {
    expect(order(seen('C@0-3', create, true), seen('R@1-2', get, null))).toEqual(['R', 'C'])
  })

  test('what saw the row ended comes after its end, and every patch before', () => {
    const late = seen('L@0-9', get, ended)
    const first = seen('E@1-8', end, ended)
    const second = seen('F@2-7', end, { ...ended, ended: { ...ended.ended, by: 'another' } })
    expect(order(late, first, seen('A@3-6', patch, 3))).toEqual(['A', 'E', 'L'])
    expect(order(second, first, seen('A@3-6', patch, 3))).toEqual(['A', 'E', 'F'])
  })

  test('a store that answers an old version after a newer one has no order', () => {
    const stale = seen('R@2-3', get, { ...row, version: 1 })
    expect(() => order(seen('A@0-1', patch, 2), stale)).toThrow('the store has no order of acts on a row: A@0-1, R@2-3')
  })
})

describe('whether processes met', () => {
  test.each([
    ['a read beside a write', [seen('A@0-2', get), seen('B@1-3', patch, 2)], true],
    ['two reads', [seen('A@0-2', get), seen('B@1-3', get)], false],
    ['one after the other', [seen('A@0-1', get), seen('B@2-3', patch, 2)], false],
    ['two acts of one process', [seen('A@0-2', get), seen('A@1-3', patch, 2)], false],
  ])('%s', (_title, sightings, met) => {
    expect(haveMet(sightings)).toBe(met)
  })
})

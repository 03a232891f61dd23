import { describe, expect, test } from 'vitest'
import { countsIn, perRequest } from '../../bench/commands.js'
import { type Cost, costsOf, ratiosOf } from '../../bench/costs.js'
import { goals } from '../../bench/goals.js'
import { commandTable, costTables, ratioTable, verdictTable } from '../../bench/report.js'
import { quantile } from '../../bench/statistics.js'
import { verdictsOf } from '../../bench/verdicts.js'
import { sizesOf, type Work, works } from '../../bench/works.js'

/** What a subject adds to one work. */
function cost(work: string, subject: string, added: number): Cost {
  return { work, subject, bare: 'bare', slices: 9, p25: 50 + added, median: 50 + added, added, addedMedian: added }
}

function work(name: string): Work {
  const found = works.find((one) => one.name === name)
  if (found === undefined) throw new Error(`there is no work ${name}`)
  return found
}

test('a quantile lies between the values about it', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
  expect(quantile([4, 1, 3, 2, 5], 0.25)).toBe(2)
  expect(quantile([7], 0.25)).toBe(7)
  expect(quantile([], 0.5)).toBeNaN()
})

describe('costs', () => {
  const slices = new Map([
    ['bare', [10, 10, 10, 90]],
    ['theirs', [40, 40, 40, 40]],
    ['ours', [12, 12, 12, 12]],
  ])
  const bareOf = new Map([
    ['bare', null],
    ['theirs', 'bare'],
    ['ours', 'bare'],
  ])
  const costs = costsOf([work('read-2k')], bareOf, (_work, subject) => slices.get(subject) ?? [])

  test('are what is more than the bare framework takes, whatever one slice of it took', () => {
    expect(costs.map(({ subject, added }) => [subject, added])).toEqual([
      ['bare', 0],
      ['theirs', 30],
      ['ours', 2],
    ])
  })

  test('of a bare framework are printed apart, as they are', () => {
    const [bare, added] = costTables([work('read-2k')], costs)
    expect(bare).toBe('µs of CPU a request, bare   bare\nread one small field, 2 kB  10.0')
    expect(added).toBe('µs more with sessions       theirs  ours\nread one small field, 2 kB    30.0   2.0')
  })
})

describe('ratios', () => {
  test('are of the pairs that were measured, by work', () => {
    const costs = [
      cost('read-2k', 'holdfast', 10),
      cost('read-2k', 'express-session', 150),
      cost('write-2k', 'express-session', 150),
      cost('read-2k', 'koa-session', 50),
      cost('read-2k', 'holdfast-koa', 5),
    ]
    const ratios = ratiosOf(costs)
    expect(ratios.map(({ subject, against, times }) => [subject, against, times])).toEqual([
      ['holdfast', 'express-session', 15],
      ['holdfast', 'koa-session', 5],
      ['holdfast-koa', 'koa-session', 10],
    ])
    expect(ratioTable([work('read-2k')], ratios).split('\n')[1]).toMatch(
      /^read one small field, 2 kB {2,}15\.0 × {2,}5\.0 × {2,}10\.0 ×$/,
    )
  })

  test('to what cannot be told from nothing are as to a microsecond', () => {
    const ratios = ratiosOf([cost('read-2k', 'holdfast', -2), cost('read-2k', 'express-session', 150)])
    expect(ratios[0]?.times).toBe(150)
  })
})

describe('goals', () => {
  function verdict(work: string, own: number, theirs: number) {
    return verdictsOf([cost(work, 'holdfast', own), cost(work, 'express-session', theirs)])[0]
  }

  test('are reached, missed or not kept', () => {
    expect(verdict('read-2k', 10, 150)).toMatchObject({ isReached: true, isKept: true, measured: '1/15' })
    expect(verdict('read-2k', 10, 149)).toMatchObject({ isReached: false, isKept: true })
    expect(verdict('read-2k', 10, 100)).toMatchObject({ isReached: false, isKept: true })
    expect(verdict('read-2k', 10, 99)).toMatchObject({ isReached: false, isKept: false, measured: '1/9.9' })
  })

  test('are not reached where the other one costs nothing', () => {
    expect(verdict('create-2k', 10, -1)).toMatchObject({ isReached: false, isKept: false, measured: 'more' })
  })

  test('beside several are beside the cheapest', () => {
    const costs = [
      cost('read-2k', 'holdfast', 10),
      cost('read-2k', 'koa-session', 60),
      cost('read-2k', 'next-session', 39),
      cost('read-2k', 'fastify-session', 50),
    ]
    expect(verdictsOf(costs)).toMatchObject([
      { against: 'next-session', measured: '1/3.9', kept: '', isReached: false },
    ])
  })

  test('are that a read does not depend on the size, in microseconds', () => {
    const even = (big: number) => verdictsOf([cost('read-2k', 'holdfast', 10), cost('read-20k', 'holdfast', big)])
    expect(even(13)).toMatchObject([{ measured: '3.0 µs', isReached: true }])
    expect(even(13.2)).toMatchObject([{ measured: '3.2 µs', isReached: false, isKept: true }])
  })

  test('are of works that there are, and ask of CI less than is wanted', () => {
    for (const goal of goals) {
      expect(works.map(({ name }) => name)).toContain(goal.work)
      expect(goal.kept ?? 0).toBeLessThan(goal.wanted)
    }
  })

  test('are printed with what became of them', () => {
    const costs = [
      cost('read-2k', 'holdfast', 10),
      cost('read-2k', 'express-session', 150),
      cost('write-2k', 'holdfast', 10),
      cost('write-2k', 'express-session', 80),
      cost('create-2k', 'holdfast', 100),
      cost('create-2k', 'express-session', 150),
    ]
    const [, ...lines] = verdictTable(verdictsOf(costs)).split('\n')
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['read-2k: holdfast to express-session', '1/15', '1/15', '1/15', '1/10', 'reached'],
      ['write-2k: holdfast to express-session', '1/8', '1/8', '1/12', '1/7', 'missed'],
      ['create-2k: holdfast to express-session', '1/1.5', '1/1.5', '1/4', '1/2', 'NOT KEPT'],
    ])
  })
})

test('sessions are made of those sizes that works need', () => {
  expect(sizesOf(works, 'in process')).toEqual([200, 2_000, 20_000])
  expect(sizesOf(works, 'sockets')).toEqual([2_000])
  expect(sizesOf([work('create-20k')], 'in process')).toEqual([20_000])
})

describe('commands to Redis', () => {
  const before = countsIn('# Commandstats\r\ncmdstat_get:calls=10,usec=9\r\ncmdstat_info:calls=1,usec=30\r\n')
  const after = countsIn('cmdstat_get:calls=30,usec=9\r\ncmdstat_expire:calls=10,usec=1\r\n')

  test('are what came in between, by request, without the question for them', () => {
    expect([...before]).toEqual([['get', 10]])
    expect(perRequest(before, after, 20)).toEqual({ get: 1, expire: 0.5 })
    const [, line] = commandTable('a read', new Map([['theirs', { get: 1, expire: 1 }]])).split('\n')
    expect(line?.split(/ {2,}/)).toEqual(['theirs', '2', 'GET, EXPIRE'])
  })

  test('are one for a read, and not none', () => {
    const verdict = (hgetall: number) => verdictsOf([], new Map([['redis-holdfast', { hgetall }]]))
    expect(verdict(1)).toMatchObject([{ isReached: true, isKept: true, measured: '1 command', kept: '1 command' }])
    expect(verdict(1.5)).toMatchObject([{ isReached: false, isKept: false, measured: '1.5 commands' }])
    expect(verdict(0)).toMatchObject([{ isReached: false, isKept: false }])
    expect(verdictsOf([], new Map([['redis-express-session', { get: 1, expire: 1 }]]))).toEqual([])
  })
})

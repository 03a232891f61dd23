import { law, same } from '../law.js'
import { annIsIn, asks, type Case } from '../told.js'
import { adds, increments, pushes, reads, sets, setsX } from './handlers.js'
import { allStillIn, wrote } from './laws.js'
import { DUE, scenario } from './scenario.js'

export const differentFields: Case = scenario(
  'LC-07: writers of different fields',
  annIsIn({ a: 0 }),
  { A: asks('ann', sets('a', 1)), B: asks('ann', sets('b', 2)), C: asks('ann', sets('c', 3)) },
  async (after) => {
    const data = (await after.who('ann'))?.data
    for (const [process, field, value] of [
      ['A', 'a', 1],
      ['B', 'b', 2],
      ['C', 'c', 3],
    ] as const) {
      if (wrote(after, process)) same(data?.[field], value, `what ${process} wrote`)
      if (after.told.fault === null) law(wrote(after, process), `${process} could not write`)
    }
  },
)

export const oneField: Case = scenario(
  'LC-07: writers of one field that none has read',
  annIsIn({ x: 0 }),
  { A: asks('ann', sets('x', 1)), B: asks('ann', setsX(2)), C: asks('ann', sets('x', 3)) },
  async (after) => {
    // The write that was carried out last is the later one: a copy of an earlier one that arrives after it changes nothing.
    const last = after.lastWriter()
    if (last !== null) same((await after.who('ann'))?.data.x, { A: 1, B: 2, C: 3 }[last], `what ${last} wrote last`)
  },
)

export const oneList: Case = scenario(
  'LC-07: writers of one list',
  annIsIn({ list: ['z'] }),
  { A: asks('ann', pushes('list', 'a')), B: asks('ann', adds('b')), C: asks('ann', pushes('list', 'c')) },
  async (after) => {
    const list = (await after.who('ann'))?.data.list ?? []
    same(list[0], 'z', 'what was there before')
    for (const process of ['A', 'B', 'C']) {
      const times = list.filter((item) => item === process.toLowerCase()).length
      law(times <= 1, `what ${process} added is there twice`)
      if (after.acked(process)) law(times === 1, `what ${process} added is lost`)
    }
  },
)

export const counter: Case = scenario(
  'LC-07: increments',
  annIsIn({ n: 5 }),
  { A: asks('ann', increments), B: asks('ann', increments), C: asks('ann', increments) },
  async (after) => {
    const acked = ['A', 'B', 'C'].filter((process) => after.acked(process)).length
    const n = (await after.who('ann'))?.data.n ?? 0
    law(n >= 5 + acked, `an increment is lost: ${n} after ${acked}`)
    law(n <= 8, `an increment counts twice: ${n}`)
    if (after.told.fault === null) same(acked, 3, 'increments that were done')
  },
)

export const incrementsBesideRenewal: Case = scenario(
  'LC-07: increments beside renewals',
  annIsIn({ n: 5 }, DUE),
  { A: asks('ann', reads), B: asks('ann', increments), C: asks('ann', increments) },
  async (after) => {
    await allStillIn(after)
    const acked = ['B', 'C'].filter((process) => after.acked(process)).length
    const n = (await after.who('ann'))?.data.n ?? 0
    law(n >= 5 + acked && n <= 7, `${n} after ${acked} increments`)
  },
)

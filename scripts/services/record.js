/**
 * What was tested against what: written down while the tests run, each fact in a file of its own, since several processes
 * write at once and some write the same.
 *
 * @typedef {{ service: string, version: string, from: string, client?: string }} Tested
 * @typedef {{ service: string, missing: string }} Untested
 * @typedef {Tested | Untested} Fact
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../steps.js'

const folder = join(root, 'reports', 'services')

/** @param {Fact} fact */
export function record(fact) {
  mkdirSync(folder, { recursive: true })
  const text = JSON.stringify(fact)
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16)
  writeFileSync(join(folder, `${name}.json`), text)
}

/** Forgets the last run. */
export function forget() {
  rmSync(folder, { recursive: true, force: true })
}

/** @returns {Fact[]} what the last run wrote down */
export function recorded() {
  if (!existsSync(folder)) return []
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
}

/**
 * A line for each server, with the clients that spoke to it, and one for each that could not be had.
 *
 * @param {readonly Fact[]} facts
 * @returns {string[]}
 */
export function summary(facts) {
  /** @type {Map<string, string[]>} */
  const clients = new Map()
  const missing = facts.flatMap((fact) => ('missing' in fact ? [`NOT TESTED: ${fact.service}. ${fact.missing}`] : []))
  for (const fact of facts) {
    if ('missing' in fact) continue
    const server = `${fact.service}: ${fact.version} (${fact.from})`
    clients.set(server, [...(clients.get(server) ?? []), ...(fact.client === undefined ? [] : [fact.client])])
  }
  const tested = [...clients].map(([server, names]) =>
    names.length === 0 ? server : `${server} with ${names.sort().join(', ')}`,
  )
  return [...tested.sort(), ...missing.sort()]
}

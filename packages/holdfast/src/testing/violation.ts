import { AssertionError } from 'node:assert'
import type { Row } from '../engine/row.js'
import type { Act } from './act.js'
import type { Fault } from './faults.js'
import type { Course, Done, Result } from './schedule.js'

/** What a report is made of. */
export interface Violation<R> {
  readonly scenario: string
  readonly course: Course<R>
  readonly fault: Fault | null
  /** What the scenario's `laws` threw. */
  readonly broken: unknown
  /** `null` where the order was not drawn at random. */
  readonly seed: number | null
  /** How the order came to be, where it was neither drawn nor one of all. */
  readonly order?: string
}

/** No schedule worth reading is longer. */
const MOST_LINES = 80

/** A broken law as an error that shows the schedule which broke it. `cause` is what `laws` threw. */
export function violationError<R>(violation: Violation<R>): AssertionError {
  const { scenario, course, fault, broken, seed } = violation
  const order = violation.order ?? (seed === null ? 'one of all' : `drawn with seed ${seed}`)
  const lines = [
    `holdfast: a law is broken in scenario "${scenario}": ${broken instanceof Error ? broken.message : String(broken)}`,
    `  fault: ${fault === null ? 'none' : `${fault.kind} at ${fault.process}:${fault.ordinal}`}`,
    `  order: ${order}`,
    ...course.done
      .slice(0, MOST_LINES)
      .map((each, index) => `  ${String(index + 1).padStart(3)}  ${line(each, course)}`),
    ...(course.done.length > MOST_LINES ? [`  ... and ${course.done.length - MOST_LINES} acts more`] : []),
    ...[...course.results].map(([process, result]) => `  ${process} ${outcome(result)}`),
  ]
  const error = new AssertionError({ message: lines.join('\n') })
  error.cause = broken
  return error
}

function line<R>(each: Done, course: Course<R>): string {
  const struck = each.fault === null ? '' : `  << ${each.fault}`
  return `${each.act.key.padEnd(8)} ${asked(each.act, course)} = ${answered(each, course)}${struck}`
}

function asked<R>({ call }: Act, course: Course<R>): string {
  switch (call.kind) {
    case 'create':
      return `create ${course.alias(call.row.handle)} of ${call.row.user ?? 'a visitor'} (${[...call.row.fields.keys()]})`
    case 'get':
      return `get ${course.alias(call.handle)}`
    case 'patch': {
      const { set, unset, keys, ifKeys, ifFields, op } = call.patch
      const parts = [
        set && `set ${[...set].map(([name, text]) => `${name}=${short(text)}`)}`,
        unset && `unset ${unset}`,
        keys !== undefined && 'keys',
        ifKeys !== undefined && 'if keys',
        ifFields && `if ${[...ifFields].map(([name, text]) => `${name}=${text === null ? 'absent' : short(text)}`)}`,
        op === undefined && 'no op',
      ]
      return `patch ${course.alias(call.handle)} (${parts.filter(Boolean).join('; ')})`
    }
    case 'end': {
      const { reason, successor, ifKeys } = call.ending
      const next = successor === undefined ? '' : ` to ${course.alias(successor)}`
      return `end ${course.alias(call.handle)} as ${reason}${next}${ifKeys === undefined ? '' : ' if keys'}`
    }
    case 'find':
      return `find ${JSON.stringify(call.index)}`
    case 'sweep':
      return 'sweep'
    case 'moment':
      return `moment "${call.name}"`
  }
}

function answered<R>(each: Done, course: Course<R>): string {
  if ('thrown' in each) return `threw ${String(each.thrown)}`
  if (each.act.idle) return 'nothing'
  const { answer } = each
  if (typeof answer !== 'object' || answer === null) return String(answer)
  if ('rows' in answer) return `[${(answer.rows as readonly Row[]).map((row) => course.alias(row.handle))}]`
  if (!('handle' in answer)) return `${Array.isArray(answer) ? answer.length : 'an'} answer`
  const row = answer as Row
  const state = row.ended === null ? `version ${row.version}` : `ended as ${row.ended.reason}`
  const next = row.ended?.successor ? ` to ${course.alias(row.ended.successor)}` : ''
  return `${state}${next} {${[...row.fields].map(([name, text]) => `${name}=${short(text)}`)}}`
}

function outcome<R>(result: Result<R>): string {
  if (result.status === 'threw') return `threw ${String(result.error)}`
  return result.status
}

function short(text: string): string {
  return text.length > 24 ? `${text.slice(0, 23)}…` : text
}

import type { Row, Store } from '../../src/engine/row.js'

/** A store in forty lines, so that the interleaver is tested apart from holdfast's own. It answers at once. */
export function toyStore(): Store {
  const rows = new Map<string, Row>()
  return {
    name: 'toy',
    create(row) {
      if (rows.has(row.handle)) return rows.get(row.handle)?.keys === row.keys
      rows.set(row.handle, row)
      return true
    },
    get: (handle) => rows.get(handle) ?? null,
    patch(handle, patch) {
      const row = rows.get(handle)
      if (row === undefined || row.ended !== null) return null
      if (patch.op !== undefined && row.ops.includes(patch.op)) return null
      for (const [name, text] of patch.ifFields ?? []) if ((row.fields.get(name) ?? null) !== text) return null
      const fields = new Map([...row.fields, ...(patch.set ?? [])])
      for (const name of patch.unset ?? []) fields.delete(name)
      const ops = patch.op === undefined ? row.ops : [...row.ops, patch.op].slice(-8)
      rows.set(handle, { ...row, fields, ops, version: row.version + 1 })
      return row.version + 1
    },
    end(handle, { op, reason, successor = null, until }) {
      const row = rows.get(handle)
      if (row === undefined) return null
      const ended = { ...row, ended: row.ended ?? { reason, successor, until, by: op } }
      rows.set(handle, ended)
      return ended
    },
    find(index) {
      const live = [...rows.values()].filter((row) => row.kind === 'session' && row.ended === null)
      const asked = live.filter(
        (row) => 'all' in index || ('user' in index ? row.user === index.user : row.link === index.link),
      )
      return { rows: asked, cursor: null }
    },
    sweep() {
      const dead = [...rows.values()].filter((row) => row.ended !== null)
      for (const row of dead) rows.delete(row.handle)
      return dead
    },
    close: () => undefined,
  }
}

/** A live row with the given handle, user and fields. */
export function toyRow(handle: string, user: string | null = null, fields: Record<string, string> = {}): Row {
  return {
    handle,
    kind: 'session',
    user,
    link: null,
    facts: '',
    keys: handle,
    fields: new Map(Object.entries(fields)),
    version: 1,
    seenAt: 0,
    expiresAt: 1_000_000,
    ended: null,
    ops: [],
  }
}

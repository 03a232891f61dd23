import { descends, endChain } from './chain.js'
import type { Engine } from './engine.js'
import type { EventMap } from './events.js'
import { fenceHandle, raiseFence } from './fence.js'
import { signedIn, stepUp } from './privilege.js'
import type { Index, Row } from './row.js'
import type { Visit } from './visit.js'

const PAGE = 100

/** Raises the fence, then ends every session of a user or a link, but `except` and what was stepped up from it. */
export async function revokeAll(
  engine: Engine,
  index: { readonly user: string } | { readonly link: string },
  except: string | undefined,
  by: EventMap['revoked']['by'],
): Promise<number> {
  const [of, name] = 'user' in index ? (['user', index.user] as const) : (['link', index.link] as const)
  await raiseFence(engine.acts, fenceHandle(of, name), engine.now)
  return endFound(engine, index, except, by)
}

/** Ends one session of a user, by its handle. A handle of somebody else is as good as none. */
export async function revokeOne(engine: Engine, user: string, handle: string): Promise<number> {
  const row = await engine.acts.get(handle, true)
  if (row === null || row.kind !== 'session' || row.user !== user) return 0
  return say(engine, await endChain(engine.acts, handle, 'revoked', engine.now), 'handle')
}

/**
 * The user's password or second factor has changed: this session is stepped up, and all others of the user end. They end
 * also if this one cannot be stepped up any more, because the credentials have changed all the same.
 */
export async function credentialsChanged(visit: Visit): Promise<void> {
  const { engine } = visit
  const old = signedIn(visit, 'credentialsChanged')
  const user = old.row.user as string
  const auth = { at: engine.now(), methods: old.facts.auth?.methods ?? [], level: old.facts.auth?.level ?? 1 }
  try {
    visit.arm()
    visit.mayGive('credentialsChanged')
    await stepUp(visit, auth)
  } finally {
    await revokeAll(engine, { user }, old.row.handle, 'credentials')
  }
}

async function endFound(
  engine: Engine,
  index: Index,
  except: string | undefined,
  by: EventMap['revoked']['by'],
): Promise<number> {
  let revoked = 0
  let pages: number
  do {
    pages = 0
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof engine.acts.find>> = await engine.acts.find(index, cursor, PAGE)
      for (const row of page.rows) {
        if (except !== undefined && (await descends(engine.acts, row, except))) continue
        revoked += say(engine, await endChain(engine.acts, row.handle, 'revoked', engine.now, except), by)
      }
      pages += 1
      cursor = page.cursor
    } while (cursor !== null)
    // Between two pages a step-up may have moved a session from one that was not read yet to one that was.
  } while (pages > 1)
  return revoked
}

function say(engine: Engine, rows: readonly Row[], by: EventMap['revoked']['by']): number {
  for (const row of rows) {
    engine.dead.add(row.handle)
    engine.events.emit('revoked', { at: engine.now(), handle: row.handle, user: row.user, by })
  }
  return rows.length
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Doorway } from '../engine/wire.js'
import { NodeArrival, type Verdict } from './arrival.js'
import { enter } from './response-wire.js'

/** What a context of Koa 2 and 3 has, as far as we ask. */
interface KoaContext {
  readonly app: { readonly proxy: boolean }
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly originalUrl: string
  readonly secure: boolean
  readonly host: string
  readonly ip: string
}

/**
 * Sessions for Koa 2 and 3: `app.use(sessionMiddleware(sessions))`.
 *
 * Handlers find their session by `sessions.of(ctx)`, which is typed without further ado, and as `ctx.session` (typed by the
 * import of `holdfast/koa/augment`) unless the option `property` says otherwise. `sessions.of(ctx.req)` is the same one.
 * Mounted twice, the second finds the session of the first and passes.
 *
 * A request that is refused (a cross-site one with 403, one whose session could not be read with 503) is answered at once:
 * nothing after this middleware runs, and what runs before it finds the answer sent. The event `refused` or `store` tells of
 * it. A mistake in the set-up, such as no secret, is thrown, and goes where Koa's errors go.
 *
 * Scheme, host and address of a request are taken as Koa sees them where `app.proxy` is set.
 */
export function sessionMiddleware(
  sessions: Doorway<unknown>,
): (ctx: KoaContext, next: () => Promise<unknown>) => Promise<void> {
  return async (ctx, next) => {
    const arrival = new NodeArrival(ctx.req, ctx.originalUrl, verdictOf(ctx))
    if (await enter(sessions, ctx.req, ctx.res, arrival, ctx)) await next()
  }
}

function verdictOf(ctx: KoaContext): Verdict | undefined {
  return ctx.app.proxy ? new KoaVerdict(ctx) : undefined
}

/** Asked of Koa only where the engine asks. */
class KoaVerdict implements Verdict {
  readonly #ctx: KoaContext

  constructor(ctx: KoaContext) {
    this.#ctx = ctx
  }

  get secure(): boolean {
    return this.#ctx.secure
  }

  get host(): string | undefined {
    return this.#ctx.host || undefined
  }

  get address(): string | undefined {
    return this.#ctx.ip || undefined
  }
}

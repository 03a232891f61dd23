/** What the store is must fit where the published types want a store. */
import type { EventEmitter } from 'node:events'
import type { Request } from 'express'
import type { CreateSessionOptions } from 'koa-session'
import { connectStore, koaStore } from '../../../src/compat/connect/index.js'
import { memoryStore } from '../../../src/stores/memory.js'

/** The session's data, as `@types/express-session` has it. */
interface SessionData {
  cookie: { originalMaxAge: number | null; expires?: Date | null; serialize(name: string, value: string): string }
}

/** The store, as `@types/express-session` has it. */
interface PublishedStore extends EventEmitter {
  regenerate(req: Request, callback: (error?: unknown) => unknown): void
  load(sid: string, callback: (error: unknown, session?: SessionData) => unknown): void
  createSession(req: Request, session: SessionData): { id: string } & SessionData
  get(sid: string, callback: (error: unknown, session?: SessionData | null) => void): void
  set(sid: string, session: SessionData, callback?: (error?: unknown) => void): void
  destroy(sid: string, callback?: (error?: unknown) => void): void
  all?(callback: (error: unknown, sessions?: SessionData[] | null) => void): void
  length?(callback: (error: unknown, length?: number) => void): void
  clear?(callback?: (error?: unknown) => void): void
  touch?(sid: string, session: SessionData, callback?: () => void): void
}

export const express: PublishedStore = connectStore(memoryStore())

// What it answers is what it is read as.
export const user: Promise<{ user?: string } | null> = connectStore(memoryStore()).get<{ user?: string }>('sid')

export const koa: NonNullable<CreateSessionOptions['store']> = koaStore(memoryStore())

// @ts-expect-error: a client of Redis is no store of holdfast
connectStore({ get: () => null, set: () => null })

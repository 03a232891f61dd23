import { duration } from 'holdfast'

/** How long sessions live, as `createSessions` takes it. These are holdfast's defaults, written out to be measured against. */
export const lifetimes = {
  timeouts: { idle: '30m', absolute: '12h' },
  visitors: { idle: '7d', absolute: '30d' },
} as const

/** A session's lifetimes in milliseconds. */
export function lifetimesOf(user: string | null): { readonly idle: number; readonly absolute: number } {
  const { idle, absolute } = user === null ? lifetimes.visitors : lifetimes.timeouts
  return { idle: duration(idle), absolute: duration(absolute) }
}

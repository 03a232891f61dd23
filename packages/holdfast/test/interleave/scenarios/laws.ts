import { law, same } from '../law.js'
import type { After } from '../told.js'

/** Whoever is told that they signed out, or that a session was revoked, can rely on it. */
export async function allGone(after: After, by: string): Promise<void> {
  if (!after.acked(by)) return
  await nobodyIsAnn(after, after.holders(), by)
  if (after.told.fault === null) same(await after.stored('ann'), 0, `rows of Ann after ${by}`)
}

/** What was signed in or stepped up cannot be reached with the cookies from before. */
export async function olderIsDead(after: After, by: string, older: readonly string[]): Promise<void> {
  if (after.acked(by)) await nobodyIsAnn(after, older, by)
}

export async function nobodyIsAnn(after: After, holders: readonly string[], by: string): Promise<void> {
  for (const holder of holders) law((await after.user(holder)) !== 'ann', `${holder} is signed in as Ann after ${by}`)
}

export async function oneAtMost(after: After): Promise<void> {
  const signedIn = [...(await after.reached()).values()].filter(({ user }) => user !== null)
  law(signedIn.length <= 1, 'two live sessions of one chain can be reached')
}

/** Of a user's sessions only those live on whose sign-in or step-up looked at the fence after it was raised. */
export async function fenced(after: After, revoker: string, comers: readonly string[]): Promise<void> {
  if (!after.acked(revoker)) return
  const raised = after.raisedFence(revoker, 'ann')
  law(raised < Number.POSITIVE_INFINITY, `${revoker} raised no fence`)
  for (const comer of comers) {
    if (after.reply(comer) === null || (await after.user(comer)) !== 'ann') continue
    law(after.lookedAtFence(comer, 'ann') > raised, `${comer} outlived ${revoker}`)
  }
}

/** Honest clients whose renewed cookies come and get lost: every cookie that was given stays good. */
export async function allStillIn(after: After): Promise<void> {
  for (const round of [1, 2]) {
    for (const holder of after.holders()) same(await after.user(holder), 'ann', `${holder} in round ${round}`)
  }
}

export function oneStepUp(after: After, one: string, other: string): void {
  law(!(after.acked(one) && after.acked(other)), 'of two step-ups of one session both were done')
}

/** Whether a writer was told that its write to the session that the client had is there. */
export function wrote(after: After, process: string): boolean {
  return after.acked(process) && after.reply(process)?.value === 'applied'
}

/** Whether a process found its session, and did what it came for. */
export function inTime(after: After, process: string): boolean {
  return after.acked(process) && after.reply(process)?.value !== 'too late'
}

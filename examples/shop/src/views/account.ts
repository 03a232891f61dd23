import type { SessionInfo } from 'holdfast'
import type { Notice } from '../data.js'
import { html } from '../html.js'
import type { User } from '../users.js'
import { devices } from './devices.js'
import type { Page } from './layout.js'
import { passwordForm } from './password-form.js'

/** Who somebody is here, where they are signed in, and their password. `here` is the handle of the session that asks. */
export function accountPage(
  user: User,
  infos: readonly SessionInfo[],
  here: string,
  now: number,
  flaw: Notice['flaw'],
): Page {
  return {
    title: 'Account',
    place: 'account',
    main: html`<h1>Your account</h1>
    <p class="lead">${user.name}, ${user.email}</p>
    ${devices(infos, here, now)}
    ${passwordForm(user.email, flaw)}`,
  }
}

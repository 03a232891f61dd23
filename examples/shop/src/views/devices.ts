import type { SessionInfo } from 'holdfast'
import { ago } from '../ago.js'
import { type Device, deviceOf } from '../device.js'
import { type Html, html } from '../html.js'

/** Where somebody is signed in, as a part of a page. `here` is the handle of the session that asks. */
export function devices(infos: readonly SessionInfo[], here: string, now: number): Html {
  const elsewhere = infos.filter(({ handle }) => handle !== here)
  return html`<section id="devices" aria-labelledby="devices-title">
    <h2 id="devices-title">Where you are signed in</h2>
    <p class="hint">Signing out takes effect with the next click over there, at the latest.</p>
    <ul class="devices">
      ${infos.filter(({ handle }) => handle === here).map((info) => entry(info, true, now))}
      ${elsewhere.map((info) => entry(info, false, now))}
    </ul>
    ${
      elsewhere.length > 0 &&
      html`<form method="post" action="/account/sign-out-elsewhere">
      <button class="danger">Sign out everywhere else</button>
    </form>`
    }
    </section>`
}

function entry(info: SessionInfo, here: boolean, now: number): Html {
  const { kind, label } = deviceOf(info.agent)
  return html`<li class="device${here && ' here'}">
        ${iconOf(kind)}
        <div class="words">
          <h3>${label}${here && html` <span class="badge">This device</span>`}</h3>
          <p>Signed in ${moment(info.auth?.at ?? info.createdAt, now)}, last seen ${moment(info.seenAt, now)}.
          ${info.expires.absolute !== null && html`Ends ${moment(info.expires.absolute, now)} at the latest.`}</p>
        </div>
        ${
          here
            ? html`<form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>`
            : html`<form method="post" action="/account/sign-out-there">
          <input type="hidden" name="handle" value="${info.handle}">
          <button class="quiet" aria-label="Sign out there: ${label}">Sign out there</button>
        </form>`
        }
      </li>
      `
}

function moment(then: number, now: number): Html {
  return html`<time datetime="${new Date(then).toISOString()}">${ago(then, now)}</time>`
}

const shapes: Record<Device['kind'], Html> = {
  phone: html`<rect x="7" y="2.5" width="10" height="19" rx="2"/><path d="M11 18.500h2"/>`,
  tablet: html`<rect x="4.5" y="2.5" width="15" height="19" rx="2"/><path d="M11 18.500h2"/>`,
  computer: html`<rect x="4" y="4.5" width="16" height="11" rx="1.5"/><path d="M2 19h20"/>`,
  unknown: html`<circle cx="12" cy="12" r="9"/><path d="M9.5 9.500a2.5 2.5 0 1 1 3.5 2.300c-.7.3-1 .8-1 1.700M12 16.500v.1"/>`,
}

function iconOf(kind: Device['kind']): Html {
  return html`<svg class="icon" viewBox="0 0 24 24" width="32" height="32" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${shapes[kind]}</svg>`
}

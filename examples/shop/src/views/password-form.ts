import type { Notice } from '../data.js'
import { type Html, html } from '../html.js'
import { LONGEST, SHORTEST } from '../password.js'

/** Asks for the password that somebody has, and for the one that they want. */
export function passwordForm(email: string, flaw: Notice['flaw']): Html {
  return html`<section id="password" aria-labelledby="password-title">
      <h2 id="password-title">Change the password</h2>
      <p class="hint">You stay signed in here, with a new cookie. Every other device is signed out.</p>
      <form method="post" action="/account/password" class="sheet">
        <input type="hidden" name="email" value="${email}" autocomplete="username">
        <label for="current">The password that you have</label>
        ${flaw?.field === 'current' && html`<p class="flaw" id="flaw">${flaw.text}</p>`}
        <input id="current" type="password" name="current" autocomplete="current-password" required maxlength="${LONGEST}"${flaw?.field === 'current' && wrong}>
        <label for="new">The new one</label>
        ${flaw?.field === 'password' && html`<p class="flaw" id="flaw">${flaw.text}</p>`}
        <input id="new" type="password" name="password" autocomplete="new-password" required minlength="${SHORTEST}" maxlength="${LONGEST}"${flaw?.field === 'password' ? wrong : html` aria-describedby="new-hint"`}>
        <p class="hint" id="new-hint">${SHORTEST} characters or more.</p>
        <button>Change it</button>
      </form>
    </section>`
}

const wrong = html` aria-invalid="true" aria-describedby="flaw" autofocus`

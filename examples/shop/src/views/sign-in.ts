import type { Notice } from '../data.js'
import { type Html, html } from '../html.js'
import { LONGEST, SHORTEST } from '../password.js'
import { withNext } from '../sign-in-path.js'
import type { Page } from './layout.js'

type Typed = Notice['typed']

/** Asks for email and password. */
export function signInPage(next: string, typed: Typed): Page {
  return {
    title: 'Sign in',
    place: 'sign-in',
    main: html`<h1>Sign in</h1>
    <form method="post" action="/sign-in" class="sheet">
      ${rest(next)}
      ${emailField(typed)}
      <label for="password">Password</label>
      <input id="password" type="password" name="password" autocomplete="current-password" required maxlength="${LONGEST}">
      <button>Sign in</button>
      <p class="hint">No account yet? <a href="${withNext('/sign-up', next)}">Make one</a>. What is in your cart comes with
      you. Signing in needs cookies.</p>
    </form>`,
  }
}

/** Asks for what an account needs. */
export function signUpPage(next: string, typed: Typed): Page {
  return {
    title: 'Make an account',
    place: 'sign-in',
    main: html`<h1>Make an account</h1>
    <form method="post" action="/sign-up" class="sheet">
      ${rest(next)}
      <label for="name">What shall we call you?</label>
      <input id="name" name="name" value="${typed?.name}" autocomplete="name" required maxlength="60">
      ${emailField(typed)}
      <label for="password">Password</label>
      <input id="password" type="password" name="password" autocomplete="new-password" required minlength="${SHORTEST}" maxlength="${LONGEST}" aria-describedby="password-hint">
      <p class="hint" id="password-hint">${SHORTEST} characters or more. The email is never written to, so invent one.</p>
      <button>Come aboard</button>
      <p class="hint">Been here before? <a href="${withNext('/sign-in', next)}">Sign in</a>.</p>
    </form>`,
  }
}

function rest(next: string): Html {
  return html`<input type="hidden" name="next" value="${next}">`
}

function emailField(typed: Typed): Html {
  return html`<label for="email">Email</label>
      <input id="email" type="email" name="email" value="${typed?.email}" autocomplete="username" required maxlength="254">`
}

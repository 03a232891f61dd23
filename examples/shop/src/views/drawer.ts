import { ago } from '../ago.js'
import { type Html, html } from '../html.js'
import type { EventNote, RequestNote } from '../notes.js'
import type { Left, SessionView } from '../session-view.js'
import { span } from '../span.js'

/** What stands at the foot of every page, folded away. `null`: nothing is stored of who looks. */
export function drawer(view: SessionView | null, now: number): Html {
  return fold(view === null ? nothing : content(view, now))
}

/** The same where the page asked for no session. */
export const closedDrawer: Html = fold(
  html`<p>This page looked at no session, so that it can be shown whatever went wrong.</p>`,
)

const nothing = html`<p>Nothing. You have done nothing yet that must be remembered, so there is no cookie and no row. Put
      something into the cart and look again.</p>`

function fold(content: Html): Html {
  return html`<details class="drawer" id="drawer">
    <summary>What the server knows</summary>
    <div class="wide">
      ${content}
    </div>
  </details>`
}

function content(view: SessionView, now: number): Html {
  const { handle, version, secret, idle, absolute, last, events } = view
  return html`<dl class="known">
        ${entry('Handle', html`<code data-known="handle">${handle}</code><span>its name in lists and logs; it opens nothing</span>`)}
        ${entry('Whose', whose(view, now))}
        ${entry('Secret', html`<b data-known="secret">number ${secret.number}</b><span>the current one since ${ago(secret.since, now)}</span>`)}
        ${entry('Renewed next', html`<b data-known="renews">${renews(secret.renews, now)}</b>`)}
        ${entry('Version', html`<b data-known="version">${version}</b><span>grows by one with every write</span>`)}
        ${bar('idle', 'Left if you do nothing', idle)}
        ${bar('absolute', 'Left at the most', absolute)}
      </dl>
      <h2>The last request before this page</h2>
      ${last === undefined ? html`<p data-known="last">None is known: it was the first, or the server has started since.</p>` : request(last, now)}
      ${
        events.length > 0 &&
        html`<h2>What happened lately</h2>
      <ul class="happened" data-known="events">${events.map((note) => happened(note, now))}</ul>`
      }`
}

function entry(term: string, text: Html): Html {
  return html`<div><dt>${term}</dt><dd>${text}</dd></div>
        `
}

function whose({ user, auth }: SessionView, now: number): Html {
  if (user === null || auth === null) return html`<b data-known="user">a visitor’s</b>`
  const how = auth.methods.length > 0 ? ` by ${auth.methods.join(', ')}` : ''
  return html`<b data-known="user">a user’s</b><span>signed in ${ago(auth.at, now)}${how}</span>`
}

function renews(at: number | null, now: number): string {
  if (at === null) return 'not at all: that is for users'
  return at <= now ? 'with the next answer' : `${ago(at, now)}`
}

function bar(name: string, term: string, { left, whole }: Left): Html {
  const text = `${span(left)} of ${span(whole)}`
  return html`<div class="bar"><dt id="left-${name}">${term}</dt><dd><meter aria-labelledby="left-${name}" min="0" max="${whole}" value="${left}">${text}</meter><span data-known="${name}">${text}</span></dd></div>
        `
}

function request({ method, path, status, at, read, wrote, merged }: RequestNote, now: number): Html {
  return html`<p data-known="last"><code>${method} ${path}</code> answered ${status}, ${ago(at, now)}</p>
      <dl class="known">
        ${fields('read', 'Read', read, 'nothing')}
        ${fields('wrote', 'Wrote', wrote, 'nothing')}
        ${fields('merged', 'Merged with another request', merged, 'nothing: nobody else wrote these meanwhile')}
      </dl>`
}

function fields(name: string, term: string, names: readonly string[], none: string): Html {
  return entry(
    term,
    html`<span data-known="${name}">${names.length === 0 ? none : names.map((field) => html`<code>${field}</code> `)}</span>`,
  )
}

function happened({ at, name, about }: EventNote, now: number): Html {
  return html`<li><code>${name}</code> ${about} <span>${ago(at, now)}</span></li>`
}

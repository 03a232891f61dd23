import { type Html, html } from '../html.js'
import { addressOf } from '../public-files.js'
import type { Library } from '../try/libraries.js'
import type { Page } from './layout.js'

interface Attack {
  /** In the page's address and in what tests look for. */
  readonly id: string
  readonly title: string
  readonly story: string
  readonly libraries: readonly Library[]
}

const both: readonly Library[] = ['holdfast', 'express-session']
const three: readonly Library[] = [...both, 'express-session-bare']

const attacks: readonly Attack[] = [
  {
    id: 'tabs',
    title: 'Two tabs at once',
    story: 'Two requests of one session overlap. Each adds to one list, and sets a field of its own.',
    libraries: both,
  },
  {
    id: 'sign-out',
    title: 'Sign-out beside a slow request',
    story:
      'A slow request begins. Ada signs out. Then the slow request ends, and what it changed is written. Afterwards a copy of the cookie from before is tried.',
    libraries: both,
  },
  {
    id: 'old-cookie',
    title: 'An old cookie',
    story:
      'Somebody has copies of two cookies: one from before Ada signed in, which they use while she is signed in, and one from before she signed out, which they use after it.',
    libraries: three,
  },
  {
    id: 'planted-cookie',
    title: 'A planted cookie',
    story:
      'Somebody visits, and puts the cookie that they got into Ada’s browser. Ada signs in. Then they use their cookie.',
    libraries: three,
  },
  {
    id: 'cross-site',
    title: 'A post from another site',
    story:
      'Ada is signed in. Another site, in a window that opens, sends a form that would sign her in as Mallory: what she then writes, Mallory reads. You may close the window afterwards.',
    libraries: both,
  },
]

const names: Readonly<Record<Library, string>> = {
  holdfast: 'holdfast',
  'express-session': 'express-session',
  'express-session-bare': 'express-session, without regenerate()',
}

const files = { style: addressOf('try.css'), script: addressOf('try.js') }

/** Buttons for the classic attacks. `second`: this server under another name, for those from another site. */
export function tryPage(second: string | null): Page {
  return {
    title: 'Try to break it',
    place: 'try',
    files,
    main: html`<h1>Try to break it</h1>
    <p class="lead">Every button makes real requests from this browser to this server: to the same small endpoints on holdfast
    and on express-session 1.19. They have cookies of their own, so you stay signed in to the shop.</p>
    <noscript><p class="notice bad">The buttons need script. Nothing else in this shop does.</p></noscript>
    <div class="attacks" data-second="${second}">
      ${attacks.map((attack) => card(attack, second))}
    </div>
    <p class="hint">express-session runs with its MemoryStore and the options of its README; its sign-in and sign-out are those
    of the README’s example, which calls <code>regenerate()</code>. The library does not ask for that: the third result is that
    of the same session without it.</p>`,
  }
}

function card({ id, title, story, libraries }: Attack, second: string | null): Html {
  const without = id === 'cross-site' && second === null
  return html`<section class="attack" id="${id}" aria-labelledby="${id}-title">
        <h2 id="${id}-title">${title}</h2>
        <p class="story">${story}</p>
        ${
          without
            ? html`<p class="notice bad">This needs a second origin, and there is none: you reached the shop by another name than
        localhost or 127.0.0.1. Open it under one of these to try.</p>`
            : html`<button type="button" data-try="${id}">Try it<span class="hidden">: ${title}</span></button>`
        }
        <div class="results">
          ${libraries.map((library) => result(id, library))}
        </div>
      </section>
      `
}

function result(attack: string, library: Library): Html {
  return html`<div class="result">
            <h3>${names[library]}</h3>
            <output data-attack="${attack}" data-library="${library}" data-result=""><b>Not tried yet</b></output>
          </div>
          `
}

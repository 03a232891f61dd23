import type { Notice } from '../data.js'
import { type Html, html } from '../html.js'
import { addressOf } from '../public-files.js'

/** The entries of the navigation. */
export type Place = 'shop' | 'cart' | 'orders' | 'account' | 'sign-in' | 'try'

/** What one page shows. */
export interface Page {
  readonly title: string
  /** Which entry of the navigation is this page; none where it is left out. */
  readonly place?: Place
  readonly main: Html
  /** Where the page needs files of its own: their addresses. */
  readonly files?: Files
}

interface Files {
  readonly style: string
  readonly script: string
}

/** Who is looking. */
export interface Shopper {
  /** `null` for a visitor. */
  readonly name: string | null
  /** How many things are in their cart. */
  readonly count: number
}

const styles = ['shop.css', 'drawer.css'].map(addressOf)
const icon = addressOf('icon.svg')

/** The whole document. */
export function layout(page: Page, shopper: Shopper, notice: Notice | undefined, drawer: Html): Html {
  return frame(
    page.title,
    html`<nav aria-label="Shop">
      <ul>
        ${link(page, 'shop', '/', 'Goods')}
        ${link(page, 'cart', '/cart', html`Cart${shopper.count > 0 && html` <b class="count">${shopper.count}</b>`}`)}
        ${
          shopper.name === null
            ? link(page, 'sign-in', '/sign-in', 'Sign in')
            : html`${link(page, 'orders', '/orders', 'Orders')}
        ${link(page, 'account', '/account', 'Account')}`
        }
        ${link(page, 'try', '/try', 'Break it')}
      </ul>
    </nav>
    ${shopper.name !== null && signedInAs(shopper.name)}`,
    html`${notice !== undefined && html`<p class="notice ${notice.tone}" role="status">${notice.text}</p>`}
    ${page.main}`,
    drawer,
    page.files,
  )
}

/** The document around a main part; without navigation where nothing is known of who looks. */
export function frame(title: string, navigation: Html | null, main: Html, drawer: Html, files?: Files): Html {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title} · Holdfast</title>
  ${[...styles, ...(files === undefined ? [] : [files.style])].map((href) => html`<link rel="stylesheet" href="${href}">`)}
  <link rel="icon" href="${icon}" type="image/svg+xml">
  ${files !== undefined && html`<script src="${files.script}" defer></script>`}
</head>
<body>
  <a class="skip" href="#main">Skip to content</a>
  <header>
    <div class="wide">
      <a class="brand" href="/">${anchor} Holdfast</a>
      ${navigation}
    </div>
  </header>
  <main id="main" class="wide" tabindex="-1">
    ${main}
  </main>
  <footer>
    <div class="wide">
      <p>Rope work and ship’s goods from a loft by the harbour. Nothing here is really for sale: this shop shows what the
      session library <b>holdfast</b> does. Fill the cart in two tabs at once, sign in and see it kept, sign in with a second
      browser and end it from the first, under <a href="/account">Account</a>, or <a href="/try">try to break it</a>.</p>
    </div>
  </footer>
  ${drawer}
</body>
</html>
`
}

function signedInAs(name: string): Html {
  return html`<form method="post" action="/sign-out" class="who">
      <span>Signed in as <b>${name}</b></span>
      <button class="plain">Sign out</button>
    </form>`
}

function link(page: Page, place: Place, path: string, text: string | Html): Html {
  return html`<li><a href="${path}"${page.place === place && html` aria-current="page"`}>${text}</a></li>`
}

const anchor = html`<svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" d="M12 8v13M7.5 11h9M4 14c.6 4.3 3.8 6.8 8 7 4.2-.2 7.4-2.7 8-7M2.8 16.2 4 14l2.2 1.3M21.2 16.2 20 14l-2.2 1.3"/><circle cx="12" cy="5.5" r="2.5" fill="none" stroke="currentColor" stroke-width="2"/></svg>`

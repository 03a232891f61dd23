import { type Html, html } from '../html.js'
import { addressOf } from '../public-files.js'
import type { Library } from '../try/libraries.js'

const style = addressOf('shop.css')
const script = addressOf('elsewhere.js')

/** The page of the second origin: a form that sends itself, and signs whoever sees it in as Mallory. */
export function elsewherePage(victim: string, library: Library, run: string): Html {
  return page(
    'Another site',
    html`<h1>Another site</h1>
    <p class="lead">You have won a boat. While you read this, a form is sent to ${library} on ${victim}.</p>
    <form method="post" action="${victim}/try/${library}/sign-in?run=${run}" class="actions" data-go>
      <input type="hidden" name="name" value="Mallory">
      <input type="hidden" name="next" value="/try/landed/${run}">
      <button>Claim the boat</button>
    </form>`,
  )
}

/** The page after a sign-in. */
export function landedPage(next: string): Html {
  return page(
    'Signed in',
    html`<h1>The form was accepted</h1>
    <p class="lead">Now the other site tries holdfast.</p>
    <p class="actions"><a class="button" href="${next}" data-go>Go on</a></p>`,
  )
}

function page(title: string, main: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title}</title>
  <link rel="stylesheet" href="${style}">
  <script src="${script}" defer></script>
</head>
<body>
  <main class="wide">
    ${main}
  </main>
</body>
</html>
`
}

import { type Html, html } from '../html.js'
import { closedDrawer } from './drawer.js'
import { frame } from './layout.js'

const words: Record<number, readonly [title: string, text: string]> = {
  404: ['Nothing at anchor here', 'This page does not exist, or it has sailed.'],
  409: [
    'You were signed out meanwhile',
    'Somebody signed you out in another place while this was under way. Nothing was changed.',
  ],
  413: ['Too much cargo', 'What was sent is larger than anything this shop asks for.'],
  503: ['All hands are busy', 'Wait a few seconds, then try again. Nothing was changed.'],
}

const refused: readonly [string, string] = [
  'That was not understood',
  'Go back, load the page again, and try once more.',
]
const broken: readonly [string, string] = [
  'Something parted',
  'It is our mistake, not yours. It has been written down.',
]

/**
 * What is shown when something went wrong. It says nothing of the inside, and needs nothing that may have failed. `text`
 * stands in place of what is said of that status elsewhere.
 */
export function problemPage(status: number, text?: string): Html {
  const [title, usual] = words[status] ?? (status < 500 ? refused : broken)
  return frame(
    title,
    null,
    html`<h1>${title}</h1>
    <p class="lead">${text ?? usual}</p>
    <p class="actions"><a class="button" href="/">To the goods</a> ${status === 409 && html`<a class="button quiet" href="/sign-in">Sign in</a>`}</p>`,
    closedDrawer,
  )
}

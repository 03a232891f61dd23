/**
 * The page "Try to break it": each button makes the requests of one attack, against every library in its card, and shows what
 * the server then said. Nothing here knows what the result will be.
 */

/** What an attack came to: `good` as it should be. */
const verdicts = {
  kept: { good: true, text: 'Both stayed' },
  lost: { good: false, text: 'One was lost' },
  'stayed-out': { good: true, text: 'Stayed signed out' },
  'came-back': { good: false, text: 'It came back' },
  refused: { good: true, text: 'Refused' },
  accepted: { good: false, text: 'Accepted' },
}

/** How long the window of the other site is waited for, and how often it is looked for, in milliseconds. */
const PATIENCE = 60_000
const PAUSE = 200

const whom = (user) => user ?? 'nobody'
const list = (entries) => (entries.length === 0 ? 'nothing' : entries.join(', '))

/** A user and two parties that hold cookies: this browser, and the accomplice at the server. */
function partiesOf(library, run) {
  const ask = async (method, path, body) => {
    const answer = await fetch(`/try/${path}`, { method, body, redirect: 'error' })
    if (!answer.ok) throw new Error(`${method} /try/${path} was answered by ${answer.status}.`)
    return answer.status === 204 ? null : answer.json()
  }
  const post = (path, body) => ask('POST', path, body)
  return {
    state: () => ask('GET', `${library}/state`),
    reset: () => post(`${library}/reset`),
    signIn: (name) => post(`${library}/sign-in`, new URLSearchParams({ name })),
    signOut: () => post(`${library}/sign-out`),
    tab: (name) => post(`${library}/tabs/${name}?run=${run}`),
    slow: () => post(`${library}/slow?run=${run}`),
    signOutBesideSlow: () => post(`${library}/sign-out?run=${run}`),
    copy: (as) => post(`accomplice/${library}/copy/${as}?run=${run}`),
    plant: () => post(`accomplice/${library}/plant/planted?run=${run}`),
    use: (as) => ask('GET', `accomplice/${library}/use/${as}?run=${run}`),
    posts: () => ask('GET', `posts?run=${run}`),
  }
}

const attacks = {
  async tabs({ reset, tab, state }) {
    await reset()
    await Promise.all([tab('first'), tab('second')])
    const { list: entries, first, second } = await state()
    const fields = [first && 'first', second && 'second'].filter(Boolean)
    const kept = fields.length === 2 && entries.includes('first') && entries.includes('second')
    return [kept ? 'kept' : 'lost', `In the list: ${list(entries)}. Fields: ${list(fields)}.`]
  },

  async 'sign-out'({ signOut, signIn, copy, slow, signOutBesideSlow, state, use }) {
    await signOut()
    await signIn('Ada')
    await copy('before')
    await Promise.all([slow(), signOutBesideSlow()])
    const [here, there] = [await state(), await use('before')]
    const out = here.user === null && there.user === null
    return [
      out ? 'stayed-out' : 'came-back',
      `Signed in here: ${whom(here.user)}. With the copied cookie: ${whom(there.user)}.`,
    ]
  },

  async 'old-cookie'({ signOut, reset, signIn, copy, use }) {
    await signOut()
    await reset()
    await copy('visitor')
    await signIn('Ada')
    const visitor = await use('visitor')
    await copy('user')
    await signOut()
    const user = await use('user')
    const refused = visitor.user === null && user.user === null
    return [
      refused ? 'refused' : 'accepted',
      `The one from before sign-in opens: ${whom(visitor.user)}. From before sign-out: ${whom(user.user)}.`,
    ]
  },

  async 'planted-cookie'({ signOut, plant, signIn, state, use }) {
    await signOut()
    await plant()
    await signIn('Ada')
    const [here, there] = [await state(), await use('planted')]
    return [
      there.user === null ? 'refused' : 'accepted',
      `Signed in here: ${whom(here.user)}. With the planted cookie: ${whom(there.user)}.`,
    ]
  },

  async 'cross-site'({ state }, library, answers) {
    const { user } = await state()
    return [
      user === 'Mallory' ? 'accepted' : 'refused',
      `The form was answered by ${answers[library]}. Signed in here: ${whom(user)}.`,
    ]
  },
}

/** The other site sends its forms from a window of its own, one library after the other; holdfast's is the last. */
async function openOtherSite(run, libraries) {
  const second = document.querySelector('[data-second]').dataset.second
  const query = new URLSearchParams({ run, victim: location.host })
  // At once, while the browser still knows that it was a click.
  const site = window.open('about:blank', '_blank', 'popup,width=480,height=420')
  if (site === null) throw new Error('The browser opened no window. Allow it for this page, and try again.')
  for (const library of libraries) {
    const { signOut, signIn } = partiesOf(library, run)
    await signOut()
    await signIn('Ada')
  }
  site.location.replace(`${second}/try/elsewhere/express-session?${query}`)
  const { posts } = partiesOf('holdfast', run)
  for (const started = Date.now(); Date.now() - started < PATIENCE; ) {
    const answers = await posts()
    if (libraries.every((library) => library in answers)) return answers
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
  throw new Error('The window of the other site did not get to send its forms.')
}

function show(output, result, text) {
  const { good, text: words } = verdicts[result] ?? {
    good: null,
    text: result === 'running' ? 'Trying …' : 'Not tried',
  }
  const verdict = document.createElement('b')
  verdict.textContent = words
  if (good !== null) verdict.className = good ? 'good' : 'bad'
  output.replaceChildren(verdict, ` ${text}`)
  output.dataset.result = result
}

async function run(name) {
  const outputs = [...document.querySelectorAll(`[data-attack="${name}"]`)]
  const id = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
  for (const output of outputs) show(output, 'running', '')
  const libraries = outputs.map(({ dataset }) => dataset.library)
  let answers = {}
  try {
    if (name === 'cross-site') answers = await openOtherSite(id, libraries)
  } catch (error) {
    for (const output of outputs) show(output, 'failed', error.message)
    return
  }
  for (const output of outputs) {
    const { library } = output.dataset
    try {
      show(output, ...(await attacks[name](partiesOf(library, id), library, answers)))
    } catch (error) {
      show(output, 'failed', error.message)
    }
  }
}

for (const button of document.querySelectorAll('[data-try]')) {
  let busy = false
  button.addEventListener('click', async () => {
    if (busy) return
    busy = true
    button.setAttribute('aria-disabled', 'true')
    await run(button.dataset.try)
    button.removeAttribute('aria-disabled')
    busy = false
  })
}

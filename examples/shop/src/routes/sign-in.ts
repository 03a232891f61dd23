import { randomBytes } from 'node:crypto'
import { Router } from 'express'
import { accountForm, flawOf } from '../account-form.js'
import { fieldOf, ownPath } from '../form.js'
import { hashOf, isPassword } from '../password.js'
import { noticeOf, render } from '../render.js'
import type { Shop } from '../shop.js'
import { signInPath, withNext } from '../sign-in-path.js'
import { signInPage, signUpPage } from '../views/sign-in.js'

/** Sign-up, sign-in, sign-out. */
export function signInRoutes(shop: Shop): Router {
  const { sessions, users, now } = shop
  const routes = Router()

  routes.get('/sign-up', async (req, res) => {
    const next = ownPath(req.query.next, '/')
    if (sessions.of(req).isSignedIn()) return res.redirect(303, next)
    const notice = await noticeOf(shop, req)
    render(shop, req, res, signUpPage(next, notice?.typed), notice)
  })

  routes.post('/sign-up', async (req, res) => {
    const session = sessions.of(req)
    const next = ownPath(fieldOf(req.body, 'next'), '/')
    const form = accountForm(req.body)
    const { name, email, password } = form
    const refuse = (text: string) => {
      session.data.notice = { tone: 'bad', text, typed: { name, email } }
      res.redirect(303, withNext('/sign-up', next))
    }

    const flaw = flawOf(form)
    if (flaw !== null) return refuse(flaw)
    const user = { id: randomBytes(9).toString('base64url'), name, email, passwordHash: await hashOf(password) }
    if (!users.add(user, now())) return refuse('There is an account with that email already.')
    await session.signIn(user.id, { keep: cartOfVisitor(session), methods: ['pwd'] })
    session.data.notice = { tone: 'good', text: `Welcome aboard, ${name}.` }
    res.redirect(303, next)
  })

  routes.get('/sign-in', async (req, res) => {
    const next = ownPath(req.query.next, '/')
    if (sessions.of(req).isSignedIn()) return res.redirect(303, next)
    const notice = await noticeOf(shop, req)
    render(shop, req, res, signInPage(next, notice?.typed), notice)
  })

  routes.post('/sign-in', async (req, res) => {
    const session = sessions.of(req)
    const next = ownPath(fieldOf(req.body, 'next'), '/')
    const { email, password } = accountForm(req.body)
    const user = users.byEmail(email)
    // Begun before the password is checked: whoever is signed out everywhere meanwhile does not get in.
    const begun = user === null ? null : await sessions.beginSignIn(user.id)
    const known = await isPassword(password, user?.passwordHash ?? null)
    if (user === null || begun === null || !known) {
      session.data.notice = { tone: 'bad', text: 'Email and password do not go together.', typed: { email } }
      return res.redirect(303, signInPath(next))
    }
    await session.signIn(begun, { keep: cartOfVisitor(session), methods: ['pwd'] })
    session.data.notice = { tone: 'good', text: `Welcome back, ${user.name}.` }
    res.redirect(303, next)
  })

  routes.post('/sign-out', async (req, res) => {
    const session = sessions.of(req)
    await session.signOut()
    session.data.notice = { tone: 'good', text: 'You are signed out. Fair winds.' }
    res.redirect(303, '/')
  })

  return routes
}

/** What crosses over into a sign-in: a visitor's cart, and never what another user left in this browser. */
function cartOfVisitor(session: { readonly user: string | null }): 'cart'[] {
  return session.user === null ? ['cart'] : []
}

import { type Request, type Response, Router } from 'express'
import { HoldfastError, type SignedIn } from 'holdfast'
import { passwordFlawOf } from '../account-form.js'
import type { ShopData } from '../data.js'
import { fieldOf } from '../form.js'
import { hashOf, isPassword } from '../password.js'
import { noticeOf, render } from '../render.js'
import type { Shop } from '../shop.js'
import { signInPath } from '../sign-in-path.js'
import type { User } from '../users.js'
import { accountPage } from '../views/account.js'
import { problemPage } from '../views/problem.js'

/** Where somebody is signed in, how to end it there, and how to change the password. */
export function accountRoutes(shop: Shop): Router {
  const { sessions, users, now } = shop
  const routes = Router()

  /** Lets users in, and sends everybody else to the sign-in. */
  const forUsers =
    (handler: (session: SignedIn<ShopData>, user: User, req: Request, res: Response) => Promise<void>) =>
    async (req: Request, res: Response): Promise<void> => {
      const session = sessions.of(req)
      const user = session.isSignedIn() ? users.byId(session.user) : null
      if (!session.isSignedIn() || user === null) return res.redirect(303, signInPath('/account'))
      await handler(session, user, req, res)
    }

  routes.get(
    '/account',
    forUsers(async (session, user, req, res) => {
      const infos = await sessions.list(user.id)
      const notice = await noticeOf(shop, req)
      render(shop, req, res, accountPage(user, infos, session.handle, now(), notice?.flaw), notice)
    }),
  )

  // The handle comes from a form, so it may be anybody's: `revoke` ends it only if it is this user's.
  routes.post(
    '/account/sign-out-there',
    forUsers(async ({ data }, user, req, res) => {
      const { revoked } = await sessions.revoke({ user: user.id, handle: fieldOf(req.body, 'handle') })
      data.notice =
        revoked > 0
          ? { tone: 'good', text: 'Signed out there.' }
          : { tone: 'bad', text: 'Nobody was signed in there any more.' }
      res.redirect(303, '/account')
    }),
  )

  routes.post(
    '/account/sign-out-elsewhere',
    forUsers(async ({ data, handle }, user, _req, res) => {
      const { revoked } = await sessions.revoke({ user: user.id, except: handle })
      const places = revoked === 1 ? 'one other place' : `${revoked} other places`
      data.notice = { tone: 'good', text: revoked > 0 ? `Signed out in ${places}.` : 'You were nowhere else.' }
      res.redirect(303, '/account')
    }),
  )

  routes.post(
    '/account/password',
    forUsers(async (session, user, req, res) => {
      const current = fieldOf(req.body, 'current')
      const password = fieldOf(req.body, 'password')
      const refuse = (field: 'current' | 'password', text: string): void => {
        session.data.notice = { tone: 'bad', text: 'The password was not changed.', flaw: { field, text } }
        res.redirect(303, '/account')
      }

      if (!(await isPassword(current, user.passwordHash))) return refuse('current', 'That is not the one you have.')
      const flaw = passwordFlawOf(password)
      if (flaw !== null) return refuse('password', flaw)
      if (password === current) return refuse('password', 'That is the one you have.')
      if (!users.changePassword(user.id, user.passwordHash, await hashOf(password))) {
        return refuse('current', 'It was changed at this moment in another place.')
      }
      // A new secret here, and the end of every other session, also of sign-ins that began with the old password.
      try {
        await session.credentialsChanged()
      } catch (error) {
        if (!(error instanceof HoldfastError && error.code === 'HOLDFAST_ENDED')) throw error
        const text = 'The password is changed all the same. Sign in with the new one.'
        return void res.status(409).type('html').send(problemPage(409, text).text)
      }
      session.data.notice = { tone: 'good', text: 'The password is changed. Every other device is signed out.' }
      res.redirect(303, '/account')
    }),
  )

  return routes
}

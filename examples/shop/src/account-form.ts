import { fieldOf } from './form.js'
import { LONGEST, SHORTEST } from './password.js'

/** What somebody typed to sign in or up. */
export interface AccountForm {
  readonly name: string
  readonly email: string
  readonly password: string
}

/** The most that is kept of a name and of an email address (RFC 5321 section 4.5.3.1.3). */
const LONGEST_NAME = 60
const LONGEST_EMAIL = 254

/** Reads a posted form. */
export function accountForm(body: unknown): AccountForm {
  return {
    name: fieldOf(body, 'name').trim().slice(0, LONGEST_NAME),
    email: fieldOf(body, 'email').trim().toLowerCase().slice(0, LONGEST_EMAIL),
    password: fieldOf(body, 'password'),
  }
}

/** What is wrong with a form of somebody who wants an account; `null` if all is well. */
export function flawOf({ name, email, password }: AccountForm): string | null {
  if (name === '') return 'Please say what to call you.'
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) return 'That is no email address.'
  return passwordFlawOf(password)
}

/** What is wrong with a password that somebody wants to have; `null` if all is well. */
export function passwordFlawOf(password: string): string | null {
  if (password.length < SHORTEST) return `A password needs ${SHORTEST} characters or more.`
  if (password.length > LONGEST) return `A password has ${LONGEST} characters at most.`
  return null
}

import type { BrowserContext, Page } from 'playwright-core'

/** Every shopper's. */
const PASSWORD = 'correct horse battery'

let made = 0

/** A name that nobody has had in this run; the email address goes with it. */
function newName(): string {
  return `ada-${process.pid}-${(made += 1)}`
}

/** Puts one of an item into the cart, by its button in the catalogue. */
export async function add(page: Page, item: string): Promise<void> {
  await page.goto('/')
  await page.getByRole('button', { name: `Add ${item} to cart` }).click()
  await page
    .getByRole('status')
    .filter({ hasText: `${item} is in your cart.` })
    .waitFor()
}

/** Makes an account by the form, and answers its name. */
export async function signUp(page: Page, name: string = newName()): Promise<string> {
  await page.goto('/sign-up')
  await page.getByLabel('What shall we call you?').fill(name)
  await page.getByLabel('Email').fill(`${name}@example.org`)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Come aboard' }).click()
  await page
    .getByRole('status')
    .filter({ hasText: `Welcome aboard, ${name}.` })
    .waitFor()
  return name
}

/** Fills in the form of the sign-in page; it is sent by its button. */
export async function fillSignIn(page: Page, name: string, password: string = PASSWORD): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('Email').fill(`${name}@example.org`)
  await page.getByLabel('Password').fill(password)
}

/** Signs in by the form. */
export async function signIn(page: Page, name: string, password: string = PASSWORD): Promise<void> {
  await fillSignIn(page, name, password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page
    .getByRole('status')
    .filter({ hasText: `Welcome back, ${name}.` })
    .waitFor()
}

/** Who the shop takes this browser for; `null` for a visitor. */
export async function whoIs(page: Page): Promise<string | null> {
  await page.goto('/')
  const who = page.locator('.who b')
  return (await who.count()) === 0 ? null : who.textContent()
}

/** The things in the cart, and how many of each. */
export async function cartOf(page: Page): Promise<Record<string, number>> {
  await page.goto('/cart')
  const lines = await page.locator('.line').all()
  const entries = lines.map(async (line): Promise<[string, number]> => {
    const [item, quantity] = [line.getByRole('heading'), line.getByLabel('Quantity')]
    return [(await item.textContent()) ?? '', Number(await quantity.textContent())]
  })
  return Object.fromEntries(await Promise.all(entries))
}

/** Fills in the form that changes the password; it is sent by its button, "Change it". */
export async function fillPassword(page: Page, password: string): Promise<void> {
  await page.goto('/account')
  await page.getByLabel('The password that you have').fill(PASSWORD)
  await page.getByLabel('The new one').fill(password)
}

/** What the drawer at the foot of the page tells of the session: `handle`, `secret`, `user`, `version` … */
export async function known(page: Page, name: string): Promise<string> {
  return (await page.locator(`[data-known="${name}"]`).textContent()) ?? ''
}

/** The cookies that a browser holds, by their names. */
export async function cookiesOf(context: BrowserContext): Promise<Record<string, string>> {
  return Object.fromEntries((await context.cookies()).map(({ name, value }) => [name, value]))
}

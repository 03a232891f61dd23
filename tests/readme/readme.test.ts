import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cookieJar } from 'holdfast/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blocksIn, commands, readme } from './blocks.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const reports = join(root, 'reports')
mkdirSync(reports, { recursive: true })
// Within the workspace, so that the blocks find its packages.
const folder = mkdtempSync(join(reports, 'readme-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const tsc = (...args: string[]): Promise<{ stdout: string }> =>
  run(process.execPath, ['node_modules/typescript/bin/tsc', ...args, '--pretty', 'false'], { cwd: root })
beforeAll(() => tsc('-b', 'packages/holdfast'))

const [first = '', second = '', ...others] = blocksIn('js')

/** What a block leaves to its reader. */
const YOURS = `
app.use(express.urlencoded({ extended: false }))
async function checkPassword(form) {
  if (form.password !== 'correct horse') throw new Error('wrong')
  return { id: form.name }
}
`
const ROUTES = `
app.post('/cart', (req, res) => {
  sessions.of(req).data.cart = [...(sessions.of(req).data.cart ?? []), 'tea']
  res.end()
})
app.get('/me', (req, res) => {
  const { user, data } = sessions.of(req)
  res.json({ user, cart: data.cart ?? [] })
})
`

test('the README has the two blocks that are run here, and is short', () => {
  expect(first).toContain('app.listen(3000)')
  expect(second).toContain('checkPassword(')
  expect(others).toEqual([])
  expect(Buffer.byteLength(readme)).toBeLessThan(8_000)
  expect(first.trim().split('\n').length).toBeLessThanOrEqual(11)
})

test('its blocks compile as strict TypeScript', async () => {
  const typed = YOURS.replace('(form)', '(form: Record<string, string>): Promise<{ id: string }>')
  const files = { 'first.mts': first, 'second.mts': first + typed + second }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const options = '--ignoreConfig --noEmit --strict --target es2023 --module nodenext --skipLibCheck --types node'
  const paths = Object.keys(files).map((name) => join(folder, name))
  const { stdout } = await tsc(...options.split(' '), ...paths).catch((error: { stdout: string }) => error)
  expect(stdout).toBe('')
})

describe('its blocks run', () => {
  let port = 0
  let stop = async (): Promise<void> => undefined
  beforeAll(async () => {
    const listens = "app.listen(0, '127.0.0.1', function () { process.send(this.address().port) })"
    const program = join(folder, 'run.mjs')
    writeFileSync(program, first.replace('app.listen(3000)', '') + YOURS + second + ROUTES + listens)
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const closed = once(child, 'close')
    stop = async () => {
      child.kill()
      await closed
    }
    ;[port] = await once(child, 'message')
  })
  afterAll(() => stop())

  function browser(): (path: string, form?: Record<string, string>) => Promise<Response> {
    const jar = cookieJar({ origin: `http://127.0.0.1:${port}` })
    return async (path, form) => {
      const headers = { cookie: jar.header('/') ?? '', 'sec-fetch-site': 'same-origin' }
      const post = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', headers, ...post })
      jar.take(answer.headers.getSetCookie(), '/')
      return answer
    }
  }
  const ADA = { name: 'ada', password: 'correct horse' }

  test('the first counts', async () => {
    const visit = browser()
    const seen = []
    for (let n = 0; n < 3; n += 1) seen.push(await (await visit('/')).text())
    expect(seen).toEqual(['Seen 1 times', 'Seen 2 times', 'Seen 3 times'])
  })

  test('the second signs in with the cart, signs out, and signs out elsewhere', async () => {
    const [here, elsewhere] = [browser(), browser()]
    await here('/cart', {})
    expect((await here('/login', ADA)).status).toBe(303)
    await elsewhere('/login', ADA)
    const me = async (who: typeof here): Promise<unknown> => (await who('/me')).json()
    expect(await me(here)).toEqual({ user: 'ada', cart: ['tea'] })
    expect(await me(elsewhere)).toEqual({ user: 'ada', cart: [] })
    await here('/sign-out-elsewhere', {})
    expect(await me(elsewhere)).toEqual({ user: null, cart: [] })
    expect(await me(here)).toEqual({ user: 'ada', cart: ['tea'] })
    await here('/logout', {})
    expect(await me(here)).toEqual({ user: null, cart: [] })
  })
})

test('its commands are there', async () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const known = commands()
  expect(known).toContain('npm start')
  expect(known).toContain('npm test')
  for (const command of known) {
    const [, script] = /^npm (?:run )?([\w:]+)/.exec(command) ?? []
    const [, filter] = /^npx vitest run ([\w/-]+)$/.exec(command) ?? []
    if (filter !== undefined) {
      const { stdout } = await run('npx', ['vitest', 'list', '--filesOnly', filter], { cwd: root })
      expect(stdout, command).toContain('.test.ts')
    } else expect(scripts, command).toHaveProperty([script ?? command])
  }
})

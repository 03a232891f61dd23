/** The types of the package as it would be published, for each compiler and each way to look modules up that it is for. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { modules } from './entries.js'
import { root, run } from './programs.js'
import { install, type Packed, type Project, pack, workbench } from './project.js'
import { type Fetched, fetched, folderOf, required } from './registry.js'

/** The opt-in types of a framework need the framework's own: they are looked at apart. */
const plain = modules.filter((specifier) => !specifier.endsWith('/augment'))

const [five, six, expressSession] = await Promise.all([
  fetched('typescript', '5.9.3'),
  fetched('typescript', '6.0.3'),
  fetched('@types/express-session', '1.19.0'),
])
const own: Fetched = { folder: join(root, 'node_modules/typescript') }

/** Somebody's app: every module of the package, and the data known in each of them. */
const APP = `
${plain.map((specifier, index) => `import * as entry${index} from '${specifier}'`).join('\n')}
import { createServer } from 'node:http'
import { createSessions, type HoldfastError, memoryStore, type Session } from 'holdfast'
import { withSessions } from 'holdfast/node'
import { sqliteStore } from 'holdfast/sqlite'
import { cookieFor } from 'holdfast/testing'

interface Data { cart: string[] }
const sessions = createSessions<Data>({ secret: process.env['SECRET'], store: memoryStore() })
createSessions<Data>({ secret: 'x', store: sqliteStore('sessions.db') })
createServer(withSessions(sessions, (req, res) => {
  const session: Session<Data> = sessions.of(req)
  ;(session.data.cart ??= []).push(String(req.url))
  // @ts-expect-error: there is no such field
  session.data.cat
  // @ts-expect-error: a user is named by a text
  session.signIn(5)
  if (session.isSignedIn()) res.end(session.user.toUpperCase())
}))
cookieFor(sessions, 'ada', { data: { cart: [] } })
export type Code = HoldfastError['code']
export const all = [${plain.map((_, index) => `entry${index}`).join(', ')}]
`

/** What an app on Node tells its compiler; everything is checked, what is installed too. */
const STRICT = { target: 'es2022', lib: ['es2022'], strict: true, skipLibCheck: false, noEmit: true, types: ['node'] }

const LOOKED_UP: Readonly<Record<string, { readonly compilerOptions: object; readonly files: readonly string[] }>> = {
  'nodenext, from both kinds of modules': {
    compilerOptions: { module: 'nodenext' },
    files: ['app.mts', 'app.cts'],
  },
  'a bundler': {
    compilerOptions: { module: 'esnext', moduleResolution: 'bundler' },
    files: ['app.ts'],
  },
  'a bundler, as CommonJS': {
    compilerOptions: { module: 'commonjs', moduleResolution: 'bundler' },
    files: ['app.ts'],
  },
}

const bench = await workbench()
afterAll(() => bench.remove())

let packed: Packed
beforeAll(async () => {
  packed = await pack(bench.folder)
}, 60_000)

let projects = 0
async function newProject(): Promise<Project> {
  projects += 1
  const project = await install(packed, join(bench.folder, `project-${projects}`))
  await project.borrow('@types/node')
  return project
}

/** Everything that a compiler says of a project. */
async function complaints(compiler: Fetched, project: Project, config: object): Promise<string> {
  await project.write({ 'tsconfig.json': JSON.stringify(config) })
  const program = join(folderOf(compiler), 'bin/tsc')
  const ended = await run(process.execPath, [program, '-p', '.', '--pretty', 'false'], project.folder)
  return ended.status === 0 ? '' : ended.stdout + ended.stderr
}

describe.each([
  ['5.9.3', five],
  ['6.0.3', six],
  ['of the workspace', own],
] as const)('TypeScript %s', (version, compiler) => {
  const missing = 'missing' in compiler
  // TypeScript 5 takes `commonjs` only with a way to look modules up that knows no `exports`.
  const ways = Object.entries(LOOKED_UP).filter(([way]) => !(version.startsWith('5.') && way.includes('CommonJS')))

  test.skipIf(missing && !required).each(ways)(
    'finds the types of every module by %s',
    async (_way, { compilerOptions, files }) => {
      const project = await newProject()
      await project.write(Object.fromEntries(files.map((file) => [file, APP])))
      const config = { compilerOptions: { ...STRICT, ...compilerOptions }, files }
      expect(await complaints(compiler, project, config)).toBe('')
    },
    60_000,
  )
})

describe('beside the types of express-session', () => {
  const missing = 'missing' in expressSession

  async function expressProject(): Promise<Project> {
    const project = await newProject()
    await project.borrow('@types/express')
    await project.copy(folderOf(expressSession), '@types/express-session')
    return project
  }

  const OURS = `
    import express from 'express'
    import { createSessions, memoryStore } from 'holdfast'
    import { sessionMiddleware } from 'holdfast/express'
    const sessions = createSessions<{ cart: string[] }>({ secret: 'x', store: memoryStore(), property: false })
    const app = express()
    app.use(sessionMiddleware(sessions))
  `

  test.skipIf((missing || 'missing' in five) && !required).each([
    ['5.9.3', five],
    ['of the workspace', own],
  ] as const)(
    'in use or only installed, the adapter is at one with them in TypeScript %s',
    async (_version, compiler) => {
      const project = await expressProject()
      await project.write({
        'app.mts': `${OURS}
          import session from 'express-session'
          app.use(session({ secret: 'x', resave: false, saveUninitialized: false }))
          app.get('/:sku', (req, res) => {
            sessions.of(req).data.cart?.push(req.params.sku)
            res.send(req.session.cookie.originalMaxAge)
          })`,
      })
      // Without `types`: TypeScript 5 then reads all that is installed, asked for or not.
      const { types: _, ...options } = STRICT
      const config = { compilerOptions: { ...options, module: 'nodenext' }, files: ['app.mts'] }
      expect(await complaints(compiler, project, config)).toBe('')
    },
    60_000,
  )

  test.skipIf(missing && !required)(
    'installed but not in use, they leave room for our own types of `req.session`',
    async () => {
      const project = await expressProject()
      await project.write({
        'app.mts': `${OURS}
          import 'holdfast/express/augment'
          declare module 'holdfast' { interface Register { data: { cart: string[] } } }
          app.get('/:sku', (req, res) => {
            req.session.data.cart?.push(req.params.sku)
            // @ts-expect-error: that is how express-session does it
            req.session.cookie
            res.send(req.session.user)
          })`,
      })
      const config = { compilerOptions: { ...STRICT, module: 'nodenext' }, files: ['app.mts'] }
      expect(await complaints(own, project, config)).toBe('')
    },
    60_000,
  )
})

test('the opt-in types of Koa know the data as it is registered', async () => {
  const project = await newProject()
  await project.borrow('@types/koa')
  await project.write({
    'app.mts': `
      import Koa from 'koa'
      import { createSessions, memoryStore } from 'holdfast'
      import { sessionMiddleware } from 'holdfast/koa'
      import 'holdfast/koa/augment'
      declare module 'holdfast' { interface Register { data: { cart: string[] } } }
      new Koa()
        .use(sessionMiddleware(createSessions({ secret: 'x', store: memoryStore() })))
        .use((ctx) => {
          ctx.session.data.cart?.push(ctx.path)
          // @ts-expect-error: no such field was registered
          ctx.session.data.cat
        })`,
  })
  const config = { compilerOptions: { ...STRICT, module: 'nodenext' }, files: ['app.mts'] }
  expect(await complaints(own, project, config)).toBe('')
}, 60_000)

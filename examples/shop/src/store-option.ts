import { parseArgs } from 'node:util'

/**
 * Where the shop keeps what it knows: in memory, or in a SQLite file. On a server are its sessions alone: users and orders
 * stay in the file.
 */
export type StoreOption =
  | { readonly kind: 'memory' }
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'server'; readonly url: string; readonly path: string }

const USAGE = 'Use --store memory:, sqlite:PATH, redis://HOST:PORT, rediss://… or postgres://….'

/**
 * Reads `--store` from the arguments of the command: any URL that `openStore` knows; without it, the default file. Throws an
 * error of one line, to be shown as it is, for everything else.
 */
export function storeOption(args: readonly string[], defaultPath: string): StoreOption {
  const store = storeText(args)
  if (store === undefined) return { kind: 'sqlite', path: defaultPath }
  if (store === 'memory:') return { kind: 'memory' }
  const path = /^sqlite:(?:\/\/(?=.))?(.+)$/.exec(store)?.[1]
  if (path !== undefined) return { kind: 'sqlite', path }
  if (/^(rediss?|postgres(ql)?):\/\//.test(store)) return { kind: 'server', url: store, path: defaultPath }
  // Its scheme alone: the rest may hold a password.
  throw new Error(`There is no store ${JSON.stringify(store.replace(/:.+/, ':…'))}. ${USAGE}`)
}

function storeText(args: readonly string[]): string | undefined {
  try {
    return parseArgs({ args: [...args], options: { store: { type: 'string' } } }).values.store
  } catch (error) {
    throw new Error(`The shop does not understand ${JSON.stringify(args.join(' '))}. ${USAGE}`, { cause: error })
  }
}

/** Any store of holdfast under express-session and koa-session, unmodified. */

export { type ConnectedStore, type ConnectStoreOptions, connectStore } from './connect-store.js'
export { type KoaStore, type KoaStoreContext, type KoaStoreOptions, koaStore, type OldKoaStore } from './koa-store.js'
export type { OldStore } from './old-store.js'
export type { ConnectOptions } from './options.js'

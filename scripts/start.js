/** `npm start`: makes a fresh clone ready, then serves the shop in this very process, so that signals reach it. */
import { prepare } from './prepare.js'

const status = await prepare()
if (status === 0) await import(new URL('../examples/shop/dist/server.js', import.meta.url).href)
else process.exitCode = status

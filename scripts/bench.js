/** `npm run bench`: installs and builds what is needed, then measures. What follows `--` is passed on: `npm run bench -- --quick`. */
import { prepare } from './prepare.js'

await prepare()
await import('../bench/run.js')

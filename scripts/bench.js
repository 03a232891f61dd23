/** `npm run bench`: installs and builds what is needed, then measures. What follows `--` is passed on: `npm run bench -- --quick`. */
import { prepare } from './prepare.js'

const status = await prepare()
if (status === 0) await import('../bench/run.js')
else process.exitCode = status

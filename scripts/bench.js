/**
 * `npm run bench`: installs and builds what is needed, then measures. What follows `--` is passed on: `npm run bench -- --quick`;
 * `npm run bench -- stores` measures the stores.
 */
import { prepare } from './prepare.js'

const status = await prepare()
if (status !== 0) process.exitCode = status
else if (process.argv[2] === 'stores') await import('../bench/stores/run.js')
else await import('../bench/run.js')

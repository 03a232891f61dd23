import { HoldfastError } from './engine/errors.js'
import type { Options } from './options.js'

const CHOICES = {
  onStoreDown: ['refuse', 'visitor'],
  onReuse: ['end', 'step-up', 'report'],
  onStalled: ['end', 'report'],
} as const

/** What the types say of these options, for those who write JavaScript. Throws `HOLDFAST_CONFIG` with the choices there are. */
export function checkOptions({ onStoreDown, renewal, proxies, store }: Options<object>): void {
  if (store === undefined) {
    throw new HoldfastError('HOLDFAST_CONFIG', 'there is no store. Pass one by name, for a start memoryStore().')
  }
  const given = { onStoreDown, onReuse: renewal?.onReuse, onStalled: renewal?.onStalled }
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value: string | undefined = given[name as keyof typeof CHOICES]
    if (value === undefined || (choices as readonly string[]).includes(value)) continue
    throw new HoldfastError('HOLDFAST_CONFIG', `${name} is not a choice. Set '${choices.join("', '")}'.`)
  }
  if (proxies === undefined || (Number.isInteger(proxies) && proxies >= 0)) return
  throw new HoldfastError('HOLDFAST_CONFIG', 'proxies is not a number of proxies. Set 0, 1, 2, …')
}

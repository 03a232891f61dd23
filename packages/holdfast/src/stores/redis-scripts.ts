import { createHash } from 'node:crypto'
import { REMEMBERED_OPS } from '../engine/row.js'
import { OP_WIDTH } from './op.js'
import type { RedisWire } from './redis-client.js'

/**
 * The scripts of the Redis store: each act on a row is one, so that acts on one row have an order. What the fields of a
 * row hold is said in `redis-row.ts`. Time comes from the caller; the server's clock only counts down how long a key is
 * kept, an hour beyond its time, so that `sweep` comes first wherever anybody sweeps.
 *
 * `KEYS[1]` is the row, `KEYS[2]` the group's `due`, `KEYS[3]` its `all`. Nothing else is touched, but by `create`, whose
 * further keys are the indexes of the owners; in a cluster they lie elsewhere and are written by ZADD after the script.
 */
export interface RedisScript {
  readonly text: string
  /** What EVALSHA names it by. */
  readonly sha: string
}

/**
 * Runs a script by EVALSHA. A node that does not have it (new, flushed, or a replica that was promoted) gets its text by
 * EVAL, and has it from then on.
 */
export async function run(
  wire: RedisWire,
  { text, sha }: RedisScript,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  const [key = ''] = keys
  const rest = [String(keys.length), ...keys, ...args]
  try {
    return await wire.send(key, ['EVALSHA', sha, ...rest])
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return wire.send(key, ['EVAL', text, ...rest])
  }
}

function script(text: string): RedisScript {
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

const SHARED = `
local now = tonumber(ARGV[1])
local function expires_of(m) return tonumber(string.match(m, '^%S+ %S+ %S+ (%S+)')) end
local function until_of(e) return tonumber(string.match(e, '^%S+ (%S+)')) end
local function member_of(handle, m, i)
  if i and string.sub(m, 1, 1) == 's' then return handle .. i end
  return handle
end
local function keep(dead, member)
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(1, dead - now + 3600000)))
  redis.call('ZADD', KEYS[2], string.format('%.17g', dead), member)
end
local function each(command, from, to, size)
  for i = from, to, size do redis.call(command, KEYS[1], unpack(ARGV, i, math.min(i + size - 1, to))) end
end
`

/**
 * ARGV: now; handle; keys; expiresAt; then the hash, names and values by turns, `m` and `i` among them.
 * Answers 1 = inserted, or this very row is there and live; 0 = refused.
 */
export const CREATE: RedisScript = script(`${SHARED}
local was = redis.call('HMGET', KEYS[1], 'm', 'e', 'k')
if was[1] then
  if was[2] then
    if until_of(was[2]) > now then return 0 end
  elseif expires_of(was[1]) > now then
    return was[3] == ARGV[3] and 1 or 0
  end
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[3], ARGV[2])
end
each('HSET', 5, #ARGV, 1000)
local row = redis.call('HMGET', KEYS[1], 'm', 'i')
keep(tonumber(ARGV[4]), member_of(ARGV[2], row[1], row[2]))
if string.sub(row[1], 1, 1) == 's' then
  for i = 3, #KEYS do redis.call('ZADD', KEYS[i], 0, ARGV[2]) end
end
return 1`)

/**
 * ARGV: now; handle; op or ''; seenAt or ''; expiresAt or ''; '' or 'if' or 'set' for keys; ifKeys; keys; how many fields
 * must have a text, how many be absent, how many are removed; then those (names and texts by turns; names; names); then
 * what is set, names and texts by turns.
 * Answers the kind and the new version, such as 's12'; nil = refused.
 */
export const PATCH: RedisScript = script(`${SHARED}
local row = redis.call('HMGET', KEYS[1], 'm', 'e', 'k', 'i')
if not row[1] or row[2] then return false end
local kind, version, seen, expires, ops = string.match(row[1], '^(%S+) (%S+) (%S+) (%S+)(.*)$')
local op = ARGV[3]
if tonumber(expires) <= now then return false end
if op ~= '' and string.find(ops, ' ' .. op, 1, true) then return false end
if ARGV[6] ~= '' and row[3] ~= ARGV[7] then return false end
local at = 12
for _ = 1, tonumber(ARGV[9]) do
  if redis.call('HGET', KEYS[1], ARGV[at]) ~= ARGV[at + 1] then return false end
  at = at + 2
end
for _ = 1, tonumber(ARGV[10]) do
  if redis.call('HEXISTS', KEYS[1], ARGV[at]) == 1 then return false end
  at = at + 1
end
local set = at + tonumber(ARGV[11])
each('HDEL', at, set - 1, 1000)
each('HSET', set, #ARGV, 1000)
if ARGV[6] == 'set' then redis.call('HSET', KEYS[1], 'k', ARGV[8]) end
if op ~= '' then ops = string.sub(ops .. ' ' .. op, -${REMEMBERED_OPS * (OP_WIDTH + 1)}) end
if ARGV[4] ~= '' and tonumber(ARGV[4]) > tonumber(seen) then seen = ARGV[4] end
if ARGV[5] ~= '' and tonumber(ARGV[5]) > tonumber(expires) then
  expires = ARGV[5]
  keep(tonumber(expires), member_of(ARGV[2], kind, row[4]))
end
version = string.format('%.0f', version + 1)
redis.call('HSET', KEYS[1], 'm', kind .. ' ' .. version .. ' ' .. seen .. ' ' .. expires .. ops)
return kind .. version`)

/**
 * ARGV: now; handle; op; reason; successor or ''; until; '' or 'if'; ifKeys.
 * Answers the hash after the act; 0 = guarded; nil = there is no such row, or it has expired.
 */
export const END: RedisScript = script(`${SHARED}
local row = redis.call('HMGET', KEYS[1], 'm', 'e', 'k', 'i')
if not row[1] then return false end
local reason, stands, rest = ARGV[4], ARGV[6], ' ' .. ARGV[3]
if row[2] then
  local was, till, others = string.match(row[2], '^(%S+) (%S+)(.*)$')
  if was ~= 'superseded' then reason = was end
  if tonumber(till) > tonumber(stands) then stands = till end
  rest = others
else
  if expires_of(row[1]) <= now then return false end
  if ARGV[7] ~= '' and row[3] ~= ARGV[8] then return 0 end
  if ARGV[5] ~= '' then rest = rest .. ' ' .. ARGV[5] end
end
redis.call('HSET', KEYS[1], 'e', reason .. ' ' .. stands .. rest)
if reason ~= 'superseded' then
  for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
    if string.sub(name, 1, 1) == ':' then redis.call('HDEL', KEYS[1], name) end
  end
end
keep(tonumber(stands), member_of(ARGV[2], row[1], row[4]))
redis.call('ZREM', KEYS[3], ARGV[2])
return redis.call('HGETALL', KEYS[1])`)

/**
 * Takes a row that is dead, for the one caller that gets it. ARGV: now; handle; the member of `due`.
 * Answers the hash as it was; 1 = it lives, and `due` says now until when; 0 = there is no such row any more. A member
 * that names owners stays in `due` until their indexes were tidied.
 */
export const CLAIM: RedisScript = script(`${SHARED}
local row = redis.call('HMGET', KEYS[1], 'm', 'e', 'i')
if not row[1] or member_of(ARGV[2], row[1], row[3]) ~= ARGV[3] then
  if not row[1] then redis.call('ZREM', KEYS[3], ARGV[2]) end
  if ARGV[2] == ARGV[3] then redis.call('ZREM', KEYS[2], ARGV[3]) end
  return 0
end
local dead = row[2] and until_of(row[2]) or expires_of(row[1])
if dead > now then
  keep(dead, ARGV[3])
  return 1
end
local hash = redis.call('HGETALL', KEYS[1])
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[3], ARGV[2])
if ARGV[2] == ARGV[3] then redis.call('ZREM', KEYS[2], ARGV[3]) end
return hash`)

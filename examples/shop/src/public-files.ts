import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import express, { type RequestHandler } from 'express'

const folder = fileURLToPath(new URL('../public/', import.meta.url))

/** Files that are the same for everybody. Their addresses change with their content, so browsers may keep them for a year. */
export function publicFiles(): RequestHandler {
  return express.static(folder, { index: false, redirect: false, immutable: true, maxAge: '1y' })
}

/** The address of a file in `public`. */
export function addressOf(file: string): string {
  const digest = createHash('sha256')
    .update(readFileSync(join(folder, file)))
    .digest('base64url')
  return `/${file}?${digest.slice(0, 10)}`
}

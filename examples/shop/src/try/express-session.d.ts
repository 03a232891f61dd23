/** As much of express-session 1.19 as is tried here; the package itself brings no types. */
declare module 'express-session' {
  import type { RequestHandler } from 'express'

  interface SessionOptions {
    readonly secret: string
    readonly resave: boolean
    readonly saveUninitialized: boolean
    readonly name?: string
  }

  export default function session(options: SessionOptions): RequestHandler
}

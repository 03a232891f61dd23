import type { Remedy } from '../policy/remedy.js'

/**
 * `Data` as JSON can hold it: the type itself where it can, and where it cannot the remedy as a type, so that the compiler
 * prints it.
 */
export type JsonData<T> = { [K in keyof T]: JsonValue<T[K]> }

type JsonValue<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends Date
      ? Remedy<'store date.toISOString() instead of a Date'>
      : T extends ReadonlyMap<unknown, unknown>
        ? Remedy<'store Object.fromEntries(map) instead of a Map'>
        : T extends ReadonlySet<unknown>
          ? Remedy<'store [...set] instead of a Set'>
          : T extends bigint
            ? Remedy<'store String(value) instead of a bigint'>
            : T extends symbol
              ? Remedy<'store a string instead of a symbol'>
              : T extends (...args: never[]) => unknown
                ? Remedy<'store plain data: functions and methods cannot be stored'>
                : T extends ArrayBufferView | ArrayBuffer
                  ? Remedy<"store Buffer.from(bytes).toString('base64') instead of bytes">
                  : T extends { readonly href: string; readonly searchParams: unknown }
                    ? Remedy<'store url.href instead of a URL'>
                    : T extends readonly (infer Element)[]
                      ? readonly JsonValue<Element>[] // not mapped: a type of lists of itself would have no end
                      : { [K in keyof T]: JsonValue<T[K]> }

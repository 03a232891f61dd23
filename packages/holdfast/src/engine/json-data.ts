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
      ? 'store date.toISOString() instead of a Date'
      : T extends ReadonlyMap<unknown, unknown>
        ? 'store Object.fromEntries(map) instead of a Map'
        : T extends ReadonlySet<unknown>
          ? 'store [...set] instead of a Set'
          : T extends bigint
            ? 'store String(value) instead of a bigint'
            : T extends symbol
              ? 'a symbol cannot be stored'
              : T extends (...args: never[]) => unknown
                ? 'a function cannot be stored'
                : T extends ArrayBufferView | ArrayBuffer
                  ? "store Buffer.from(bytes).toString('base64') instead of bytes"
                  : { [K in keyof T]: JsonValue<T[K]> }

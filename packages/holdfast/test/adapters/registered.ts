/** What the sessions of an app hold, said once, as the types that are opted into read it. */
declare module 'holdfast' {
  interface Register {
    data: { cart: string[] }
  }
}

export {}

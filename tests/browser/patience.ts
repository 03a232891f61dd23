/** How long anything is waited for, in milliseconds. Nothing depends on it: it ends what hangs, on the slowest machine. */
export const PATIENCE = 120_000

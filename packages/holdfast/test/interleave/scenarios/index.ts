export * from './data.js'
export * from './privilege.js'
export * from './renewal.js'
export * from './revocation.js'

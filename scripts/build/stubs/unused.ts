/** Throws an error. The stubs call it in every function of a module that is not bundled and must not be called. */
export function unused(name: string): never {
  throw new Error(`${name} is not part of the bundle; see scripts/build`)
}

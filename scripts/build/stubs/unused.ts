/** Fails for a function of a module that the bundle leaves out: whoever calls it needs the module after all. */
export function unused(name: string): never {
  throw new Error(`${name} is not part of the bundle; see scripts/build`)
}

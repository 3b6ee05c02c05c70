/** The directories of `src/` without side effects, called pure rooms. `__tests__/` has directories of the same names. */
export const pureRooms = ['variables', 'inputs', 'scope', 'inventory', 'plan', 'report'] as const

/** The name of a pure room. */
export type PureRoom = (typeof pureRooms)[number]

/** Whether the text is the name of a pure room. */
export const isPureRoom = (name: string): name is PureRoom =>
  pureRooms.some((room) => room === name)

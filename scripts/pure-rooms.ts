/** The rooms of `src/` without effects. Their table tests lie in folders of the same names in `__tests__/`. */
export const pureRooms = ['variables', 'inputs', 'scope', 'inventory', 'plan', 'report'] as const

/** A room of `src/` without effects. */
export type PureRoom = (typeof pureRooms)[number]

/** Tells the name of a pure room from any other text. */
export const isPureRoom = (name: string): name is PureRoom =>
  pureRooms.some((room) => room === name)

/** An error that the caller of a command can fix by other arguments. */
export class UsageError extends Error {}

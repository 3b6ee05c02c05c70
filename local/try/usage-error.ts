/** An error that the user of a command can fix with other arguments. */
export class UsageError extends Error {}

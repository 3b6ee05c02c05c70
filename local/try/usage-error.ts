/** Something is wrong with the arguments, which a person can put right. */
export class UsageError extends Error {}

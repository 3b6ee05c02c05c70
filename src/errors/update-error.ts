/** The reason why something could not be read from GitHub or written to it. */
export type UpdateError =
  /** `permission` as a workflow's `permissions` name it: `pull-requests: write`. */
  | { readonly kind: 'missing-permission'; readonly permission: string; readonly for: string }
  | { readonly kind: 'failed'; readonly doing: string; readonly detail: string }

/** The reason why a request to GitHub failed. Such a request is optional: the run continues. */
export type UpdateError =
  /**
   * The token lacks a permission. `permission`: the permission in the form of a workflow's `permissions`, such as
   * `pull-requests: write`. `for`: the use, as a noun phrase.
   */
  | { readonly kind: 'missing-permission'; readonly permission: string; readonly for: string }
  /**
   * The request failed for another reason. `doing`: the object of the request as a noun phrase; `null` if no further
   * request is sent in this run.
   */
  | { readonly kind: 'failed'; readonly doing: string | null; readonly detail: string }

import type { Facts } from '../codes.ts'
import { describeLocation } from '../describe-location.ts'
import { type EscapedText, escaped, joinTexts } from '../escaped-text.ts'
import { listNames } from '../list-names.ts'
import type { Wording } from './message.ts'
import { shortTime } from './phrases.ts'

export const inheritedVariable: Wording<'inherited-variable'> = (facts) => ({
  title: escaped`preview would share a value with its base`,
  what: escaped`${
    facts.service === null ? escaped`Shared variable` : escaped`Variable`
  } ${facts.variable} of ${describeLocation(facts)} would have the same value as in the base environment of the preview.`,
  why: escaped`${describeInherited(facts)} \`require-overrides\` does not allow this for "${facts.pattern}", so nothing was changed.`,
  next:
    facts.service === null
      ? escaped`In the base environment, change the shared variable to a reference, or replace it with variables of the services. The input \`variables\` cannot set shared variables of a preview.`
      : escaped`Set another value for the preview: add \`${facts.variable}=…\` to \`variables\`. Or, in the base environment, change the variable to a reference such as \`\${{Postgres.DATABASE_URL}}\`, which the preview resolves to its own service.`,
})

/** Explains how the value of the base gets into the preview. */
function describeInherited({ end }: Facts['inherited-variable']): EscapedText {
  if (end === null) {
    return escaped`In the base environment, it has a fixed value, which Railway copies into the preview.`
  }
  if (end.isItself) {
    return escaped`In the base environment, its value combines a reference with a fixed password. Railway copies this password into the preview.`
  }
  return end.isPassword
    ? escaped`In the base environment, it refers to ${end.name}, which combines a reference with a fixed password. Railway copies this password into the preview.`
    : escaped`In the base environment, it refers to ${end.name}, which has a fixed value. Railway copies this value into the preview.`
}

export const emptyValue: Wording<'empty-value'> = (facts) => {
  const isOne = facts.variables.length === 1
  return {
    title: escaped`value would become empty`,
    what: escaped`The run would set ${listNames(facts.variables)} of ${describeLocation(facts)} to an empty value.`,
    why: joinTexts([
      isOne ? escaped`The variable has a value now.` : escaped`These variables have values now.`,
      facts.sealed.length > 0 &&
        escaped`Sealed variables count as having a value: ${listNames(facts.sealed)}.`,
      escaped`An empty value usually comes from a secret that does not exist.`,
    ]),
    next: escaped`Check the names of the secrets in the workflow. To delete a variable, name it in \`remove-variables\`. To write empty values on purpose, set \`allow-empty-values: true\`.`,
  }
}

export const stagedChanges: Wording<'staged-changes'> = ({
  project,
  environment,
  purpose,
  since,
  isRemovalStaged = false,
}) => {
  const where = escaped`"${environment}" of project "${project}"`
  const origin = since === null ? escaped`` : escaped` since ${shortTime(since)}`
  return {
    title: escaped`staged changes block the run`,
    what: isRemovalStaged
      ? escaped`Other changes were staged in environment ${where} while this run removed variables, so the removal was not committed.`
      : escaped`Environment ${where} has staged changes${origin}, so nothing was changed there.`,
    why: isRemovalStaged
      ? escaped`Railway commits all staged changes of an environment together. The removal is now staged together with the other changes.`
      : escaped`Railway commits all staged changes of an environment together, and this run would have to commit to ${
          purpose === 'preview' ? escaped`prepare the preview` : escaped`remove variables`
        }.`,
    next: escaped`Have the staged changes committed or discarded in Railway, then run the job again.`,
  }
}

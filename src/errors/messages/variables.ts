import type { Facts } from '../codes.ts'
import { describeLocation } from '../describe-location.ts'
import { listNames } from '../list-names.ts'
import { joinWords, type Words, words } from '../words.ts'
import type { Wording } from './message.ts'
import { shortTime } from './phrases.ts'

export const inheritedVariable: Wording<'inherited-variable'> = (facts) => ({
  title: words`preview would share a value with its base`,
  what: words`${
    facts.service === null ? words`Shared variable` : words`Variable`
  } ${facts.variable} of ${describeLocation(facts)} would have the same value as in the base environment of the preview.`,
  why: words`${describeInherited(facts)} \`require-overrides\` does not allow this for "${facts.pattern}", so nothing was changed.`,
  next:
    facts.service === null
      ? words`In the base environment, change the shared variable to a reference, or replace it by variables of the services. The input \`variables\` cannot set shared variables of a preview.`
      : words`Set another value for the preview: add \`${facts.variable}=…\` to \`variables\`. Or, in the base environment, change the variable to a reference such as \`\${{Postgres.DATABASE_URL}}\`, which the preview resolves to its own service.`,
})

/** Explains how the value of the base gets into the preview. */
function describeInherited({ end }: Facts['inherited-variable']): Words {
  if (end === null) {
    return words`In the base environment it has a fixed value, which Railway copies into the preview.`
  }
  if (end.isItself) {
    return words`In the base environment its value contains a password beside a reference, and Railway copies this password into the preview.`
  }
  return end.isPassword
    ? words`In the base environment it refers to ${end.name}, which contains a password beside a reference. Railway copies this password into the preview.`
    : words`In the base environment it refers to ${end.name}, which has a fixed value. Railway copies this value into the preview.`
}

export const emptyValue: Wording<'empty-value'> = (facts) => {
  const isOne = facts.variables.length === 1
  return {
    title: words`value would become empty`,
    what: words`The run would set ${listNames(facts.variables)} of ${describeLocation(facts)} to an empty value.`,
    why: joinWords([
      isOne ? words`The variable has a value now.` : words`These variables have values now.`,
      facts.sealed.length > 0 &&
        words`Sealed variables count as having a value: ${listNames(facts.sealed)}.`,
      words`An empty value usually comes from a secret that does not exist.`,
    ]),
    next: words`Check the names of the secrets in the workflow. To delete a variable, name it in \`remove-variables\`. To write empty values on purpose, set \`allow-empty-values: true\`.`,
  }
}

export const stagedChanges: Wording<'staged-changes'> = ({
  project,
  environment,
  purpose,
  author,
  since,
  isRemovalStaged = false,
}) => {
  const where = words`"${environment}" of project "${project}"`
  const origin = joinWords(
    [author !== null && words` by ${author}`, since !== null && words` since ${shortTime(since)}`],
    '',
  )
  return {
    title: words`staged changes block the run`,
    what: isRemovalStaged
      ? words`Other changes were staged in environment ${where} while this run removed variables, so the removal was not committed.`
      : words`Environment ${where} has staged changes${origin}, so nothing was changed there.`,
    why: isRemovalStaged
      ? words`Railway commits all staged changes of an environment together. The removal is now staged beside the other changes.`
      : words`Railway commits all staged changes of an environment together, and this run would have to commit to ${
          purpose === 'preview' ? words`prepare the preview` : words`remove variables`
        }.`,
    next: words`Have the staged changes committed or discarded in Railway, then run the job again.`,
  }
}

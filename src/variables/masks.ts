const shortest = 8

/**
 * What the runner should hide of a value, line by line because a log has lines. Left out is what would
 * garble the log and is no secret by itself: short lines, plain words, numbers, `true`, references, and
 * addresses, which would take the links of the summary with them. Nothing depends on this: no value is
 * ever printed. It covers what other steps of the job print.
 */
export function masksOf(value: string): string[] {
  const lines = value.split(/[\r\n]+/).map((line) => line.trim())
  return [...new Set(lines.filter((line) => line.length >= shortest && !isCommon(line)))]
}

const isCommon = (line: string) =>
  /^[\p{L}_-]+$/u.test(line) ||
  /^[\d\p{P}\p{S}\s]+$/u.test(line) ||
  /^\$\{\{[^}]*\}\}$/.test(line) ||
  /^-----(BEGIN|END) [A-Z ]+-----$/.test(line) ||
  /^https?:\/\/[^\s@]*$/i.test(line) ||
  /^[\w.-]+\.[a-z]{2,}$/i.test(line)

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { anchors, linkTargets } from '../../scripts/docs/markdown.ts'
import { markdownFiles, root, type TextFile } from './project-files.ts'

/** Returns the broken relative links of a file. Other addresses are not checked. */
function linkProblems(file: TextFile): string[] {
  return linkTargets(file.text)
    .filter((target) => !/^([a-z][a-z\d+.-]*:|\/\/)/i.test(target))
    .flatMap((target) => {
      const problem = problemWith(target, file)
      return problem ? [`${file.path}: ${target}: ${problem}`] : []
    })
}

function problemWith(target: string, from: TextFile): string | undefined {
  const [file = '', anchor] = target.split('#')
  const path = file === '' ? from.path : normalize(join(dirname(from.path), decodeURI(file)))
  if (path.startsWith('..')) return 'outside of the project'
  if (file !== '' && !existsSync(join(root, path))) return 'no such file'
  if (anchor === undefined || !path.endsWith('.md')) return undefined
  const text = file === '' ? from.text : readFileSync(join(root, path), 'utf8')
  return anchors(text).has(anchor) ? undefined : 'no such heading'
}

describe('the links between the Markdown files', () => {
  it('lead to files and headings that exist', () => {
    expect(markdownFiles().flatMap(linkProblems)).toEqual([])
  })

  it('are reported when they lead nowhere', () => {
    const links =
      '[a](#a-b) [b](#c) [c](../package.json) [d](nowhere.md) [e](../../x) [f](https://x/y)'
    expect(linkProblems({ path: 'docs/new.md', text: `# A b\n${links}` })).toEqual([
      'docs/new.md: #c: no such heading',
      'docs/new.md: nowhere.md: no such file',
      'docs/new.md: ../../x: outside of the project',
    ])
  })
})

describe('the links of a Markdown text', () => {
  it('are found in every form, and not in code', () => {
    const text = `
[inline](one.md) ![picture](two.png "A title") [ref][r] <a href="three.md">x</a> [angle](<four.md>)
[\`code\`](five.md#six)

[r]: seven.md

\`[not](no.md)\` <!-- [nor](no.md) -->
\`\`\`text
[nor](no.md)
\`\`\`
`
    expect(linkTargets(text).sort()).toEqual(
      ['one.md', 'two.png', 'seven.md', 'three.md', 'four.md', 'five.md#six'].sort(),
    )
  })

  it('may lead to the anchors that GitHub gives to headings', () => {
    const text = `
# Deploy every service, at once!
## \`token-invalid\`
## What's *new* in [1.0](x.md)?
## Twice
## Twice
\`\`\`bash
# not a heading
\`\`\`
<a id="by-hand"></a>
`
    expect([...anchors(text)]).toEqual([
      'deploy-every-service-at-once',
      'token-invalid',
      'whats-new-in-10',
      'twice',
      'twice-1',
      'by-hand',
    ])
  })
})

import { readdirSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { readRecipeGolden, transcribeRecipe } from '../golden/recipe-transcript.ts'
import { recipes } from './find.ts'
import { promises } from './promises.ts'

const anchors = recipes.map(({ anchor }) => anchor)

describe('a pasted recipe', () => {
  it.each(anchors)(
    'has the promised results, and shows its golden transcript: %s',
    async (anchor) => {
      const promised = promises[anchor] ?? []
      const { runs, text } = await transcribeRecipe(anchor)
      expect(promised).not.toEqual([])
      expect(runs).toEqual(promised.map(({ when, expected }) => ({ when, told: expected })))
      // The transcripts are written again with `npm run golden -- recipes`.
      expect(text).toBe(readRecipeGolden(anchor))
    },
  )

  it('has promises and a transcript, and there are no others', () => {
    const files = readdirSync(new URL('../golden/recipes', import.meta.url))
    expect(Object.keys(promises).toSorted()).toEqual(anchors.toSorted())
    expect(files.toSorted()).toEqual(anchors.map((anchor) => `${anchor}.md`).toSorted())
  })
})

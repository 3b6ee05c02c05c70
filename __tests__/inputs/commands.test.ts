import { expect, it } from '@jest/globals'
import { isChanging, isCommand } from '../../src/inputs/commands.ts'

// name, whether it is a command, whether it changes something at Railway
it.each<[string, boolean, boolean]>([
  ['check', true, false],
  ['list', true, false],
  ['deploy', true, true],
  ['variables', true, true],
  ['preview', true, true],
  ['rollback', true, true],
  ['Deploy', false, false],
  ['ship', false, false],
  ['', false, false],
])('%j', (name, command, changes) => {
  expect([isCommand(name), isChanging(name)]).toEqual([command, changes])
})

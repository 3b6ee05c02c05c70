import type { RunnerEvent } from '../../local/runner/index.ts'
import { byHand, byNight, commented, opened, pulled, pushed } from './situations.ts'

/** An event that a recipe is for. */
export function eventFor(workflow: string): RunnerEvent {
  if (workflow.includes('issue_comment:')) return commented()
  if (workflow.includes('labeled')) {
    return pulled({ action: 'synchronize' }, { labels: [{ name: 'preview' }] })
  }
  if (workflow.includes('pull_request:')) return opened
  if (workflow.includes('schedule:')) return byNight
  return workflow.includes('workflow_dispatch') ? byHand : pushed
}

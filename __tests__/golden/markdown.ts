import type { World } from '../../local/railway/index.ts'
import type { Annotation } from '../../local/runner/index.ts'

/** Renders a block of text with a fence that is longer than all fences in it. An empty text makes no block. */
export function fence(language: string, text: string): string {
  if (text.trim() === '') return ''
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length))
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}${language}\n${text.trimEnd()}\n${ticks}`
}

/** Renders Markdown inside of Markdown, which GitHub shows in the same way as elsewhere. */
export function quote(markdown: string): string {
  if (markdown.trim() === '') return ''
  return markdown
    .trimEnd()
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n')
}

/** Renders an annotation with its location in a file. */
export function annotationItem({ level, title, message, file, line }: Annotation): string {
  const place = file === undefined ? '' : ` (${file}:${line})`
  return `- **${level}: ${title ?? ''}**${place}\n\n${message.replace(/^/gm, '  ')}`
}

/** Replaces the ids of a world by readable names. */
export function withNames(text: string, world: World): string {
  return [...namesOf(world)].reduce((rest, [id, name]) => rest.replaceAll(id, name), text)
}

function namesOf(world: World): Map<string, string> {
  const names = new Map<string, string>()
  for (const { id, name, workspace, services } of world.projects.values()) {
    names.set(id, `project-${name}`)
    names.set(workspace.id, `workspace-${workspace.name}`)
    for (const service of services) names.set(service.id, `service-${service.name}`)
  }
  for (const { id, name, project } of world.environments.values()) {
    names.set(id, `environment-${project.name}-${name}`)
  }
  const counts = new Map<string, number>()
  for (const { id, instance } of world.deployments.values()) {
    const name = `deployment-${instance.service.name}-${instance.environment.name}`
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    names.set(id, `${name}-${count}`)
  }
  return names
}

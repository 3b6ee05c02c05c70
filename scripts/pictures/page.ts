import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Marked } from 'marked'

const require = createRequire(import.meta.url)
const read = (path: string) => readFileSync(require.resolve(path), 'utf8')
const css = {
  light: read('github-markdown-css/github-markdown-light.css'),
  dark: read('github-markdown-css/github-markdown-dark.css'),
}
const mermaid = read('mermaid/dist/mermaid.min.js')

/** Titles of GitHub's alerts, such as `> [!CAUTION]`, by kind. */
const alerts: Record<string, string> = {
  note: 'Note',
  tip: 'Tip',
  important: 'Important',
  warning: 'Warning',
  caution: 'Caution',
}

/** Converts GitHub-flavoured Markdown to HTML, with tables, alerts and Mermaid charts. */
function toHtml(markdown: string): string {
  const marked = new Marked({ gfm: true })
  marked.use({
    renderer: {
      code: ({ text, lang }) =>
        lang === 'mermaid'
          ? `<pre class="mermaid">${escapeHtml(text)}</pre>`
          : `<pre><code>${escapeHtml(text)}</code></pre>`,
    },
  })
  const html = marked.parse(markdown, { async: false })
  return html
    .replaceAll(/<blockquote>\s*<p>\[!(\w+)\]\s*([\s\S]*?)<\/blockquote>/g, (_, kind, rest) => {
      const name = String(kind).toLowerCase()
      return `<div class="markdown-alert markdown-alert-${name}"><p class="markdown-alert-title">${alerts[name] ?? name}</p><p>${rest}</div>`
    })
    .replaceAll('<details>', '<details open>')
}

const escapeHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A color scheme of GitHub. */
export type Scheme = keyof typeof css

const colors = {
  light: { page: '#fff', line: '#d1d9e0', header: '#f6f8fa', text: '#59636e', strong: '#1f2328' },
  dark: { page: '#0d1117', line: '#3d444d', header: '#151b23', text: '#9198a1', strong: '#f0f6fc' },
}

function frame(scheme: Scheme): string {
  const { page, line, header, text, strong } = colors[scheme]
  return `
  body { margin: 0; background: ${page}; }
  main { padding: 24px; }
  .markdown-body { box-sizing: border-box; min-width: 200px; max-width: 960px; margin: 0 auto; }
  .box { border: 1px solid ${line}; border-radius: 6px; max-width: 960px; margin: 0 auto; }
  .box header { background: ${header}; border-bottom: 1px solid ${line}; border-radius: 6px 6px 0 0; padding: 8px 16px;
    font: 14px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; color: ${text}; }
  .box header b { color: ${strong}; }
  .box .markdown-body { padding: 16px; }
`
}

/** Renders an HTML page with a comment of a pull request, or with a job summary. */
export function page(markdown: string, kind: 'comment' | 'summary', scheme: Scheme): string {
  const body = `<article class="markdown-body">${toHtml(markdown)}</article>`
  const header = '<header><b>github-actions</b> bot commented now</header>'
  const theme = scheme === 'dark' ? 'dark' : 'default'
  return `<!doctype html><meta charset="utf-8"><style>${css[scheme]}${frame(scheme)}</style>
<main>${kind === 'comment' ? `<div class="box">${header}${body}</div>` : body}</main>
<script>${mermaid}</script><script>mermaid.initialize({ startOnLoad: false, theme: '${theme}' });</script>`
}

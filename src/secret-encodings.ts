/**
 * The maximum number of characters of a secret for which the encoded forms are returned. It limits the memory for them.
 */
export const maxEncodedLength = 100_000

/**
 * Returns the forms in which a text may contain a secret: plain, escaped for JSON or HTML, percent-encoded, in base64
 * and in hexadecimal. A secret longer than {@link maxEncodedLength} has only its plain form.
 */
export function encodedForms(secret: string): string[] {
  if (secret.length > maxEncodedLength) return [secret]
  return [
    secret,
    ...jsonForms(secret),
    ...htmlForms(secret),
    ...urlForms(secret),
    ...base64Forms(secret),
    ...hexForms(secret),
  ]
}

/**
 * Returns the forms in JSON. Libraries differ in whether they escape slashes, characters of HTML, and characters beyond
 * ASCII.
 */
function jsonForms(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1)
  return [
    json,
    JSON.stringify(json).slice(1, -1),
    json.replaceAll('/', '\\/'),
    json.replace(/[&<>]/g, codeUnit),
    json.replace(/[^ -~]/g, codeUnit),
    json.replaceAll('/', '\\/').replace(/[^ -~]/g, codeUnit),
    json.replaceAll('\\"', '\\u0022').replace(/[&'+<>`]|[^ -~]/g, (unit) => codeUnit(unit, true)),
  ]
}

/** Returns the JSON escape of a UTF-16 unit, such as `\u00e9`. */
function codeUnit(unit: string, upperCase: unknown): string {
  const digits = unit.charCodeAt(0).toString(16).padStart(4, '0')
  return `\\u${upperCase === true ? digits.toUpperCase() : digits}`
}

/** Returns the forms in HTML. Libraries differ in how they escape quotes. */
function htmlForms(secret: string): string[] {
  const html = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = html.replaceAll('"', '&quot;')
  return [
    html,
    quoted,
    quoted.replaceAll("'", '&#39;'),
    quoted.replaceAll("'", '&#x27;'),
    quoted.replaceAll("'", '&#039;'),
    html.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
  ]
}

/** Returns the percent-encoded forms. A lone surrogate has no encoding, so it becomes the replacement character. */
function urlForms(secret: string): string[] {
  const text = Buffer.from(secret).toString()
  const url = encodeURIComponent(text)
  const strict = url.replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const forms = [url, strict, encodeURI(text), new URLSearchParams({ v: text }).toString().slice(2)]
  return forms.flatMap((form) => [
    form,
    form.replaceAll('%20', '+'),
    form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ])
}

/** The maximum number of characters of a secret for which the hexadecimal forms are returned. */
const maxHexLength = 1_000

function hexForms(secret: string): string[] {
  if (secret.length > maxHexLength) return []
  const hex = Buffer.from(secret).toString('hex')
  return [hex, hex.toUpperCase()]
}

/**
 * Returns the forms of a secret within a longer text in base64. Base64 encodes groups of three bytes, so the form
 * depends on the position of the secret in its group. Characters that also depend on the neighbouring bytes are
 * omitted.
 */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret)
  if (bytes.length < 8) return []
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const first = Math.ceil((before * 8) / 6)
    const last = Math.floor(((before + bytes.length) * 8) / 6)
    const standard = text.slice(first, last)
    return [standard, standard.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

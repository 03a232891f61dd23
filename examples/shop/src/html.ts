/** What a page is made of: text in which everything that came from outside has been escaped. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What may stand in a template. Nothing is written for `null`, `undefined` and `false`. */
export type Part = Html | string | number | null | undefined | false | readonly Part[]

/** The tag of every template. Text is escaped, so that it is safe between tags and in a quoted attribute; markup stays. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, at) => (at === 0 ? '' : textOf(parts[at - 1])) + text).join(''))
}

function textOf(part: Part): string {
  if (part instanceof Html) return part.text
  if (part === null || part === undefined || part === false) return ''
  if (typeof part === 'object') return part.map(textOf).join('')
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

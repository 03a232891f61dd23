/** What can be measured of a page from inside it. Each of these runs in the page, and so uses nothing around it. */

/** The least ratio of text to its ground (WCAG 2.2 section 1.4.3). It asks for less of large text; we do not. */
export const LEAST_CONTRAST = 4.5

/** The least ratio of what shows the focus to what is around it (WCAG 2.2 section 1.4.11). */
export const LEAST_FOCUS_CONTRAST = 3

/**
 * How far a page may move while it is loaded, as a layout shift score; a twentieth of this is a word that moves by a few
 * pixels. A slow machine paints a page in pieces while it is still parsed, and the first word of a line settles when the last
 * one comes.
 */
export const MOST_SHIFT = 0.001

/** One layout shift. */
export interface Moved {
  /** Its score: the part of the window that moved, times how far it did (1 is the whole window by its whole height). */
  readonly value: number
  /** From where to where. */
  readonly what: string
}

/** The control that has the focus. */
export interface Focused {
  /** Its place among all controls of the page that can have the focus; -1 where nothing has it that should. */
  readonly index: number
  readonly label: string
  /** The width of its outline in pixels; 0 if there is none. */
  readonly outline: number
  /** The ratio of its outline to the ground around it. */
  readonly contrast: number
  /** Whether all of it lies beneath something else (WCAG 2.2 section 2.4.11). */
  readonly covered: boolean
}

/** What the page scripts are given at their start, before the page itself. */
export function measuresInPage(): void {
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  if (pen === null) throw new Error('There is no canvas.')

  /** The browser itself lays colours over each other, in whatever notation they are written. */
  const mix = (layers: readonly string[]): number => {
    for (const layer of ['white', ...layers]) {
      pen.fillStyle = layer
      pen.fillRect(0, 0, 1, 1)
    }
    // Relative luminance, WCAG 2.2.
    const [red = 0, green = 0, blue = 0] = [...pen.getImageData(0, 0, 1, 1).data].map((byte) => {
      const value = byte / 255
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const groundOf = (element: Element | null): string[] =>
    element === null ? [] : [...groundOf(element.parentElement), getComputedStyle(element).backgroundColor]
  const ratio = (one: number, two: number): number => (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05)
  const words = (text: string | null | undefined): string => (text ?? '').replace(/\s+/g, ' ').trim().slice(0, 40)
  const isSeen = (element: Element): boolean =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getClientRects().length > 0

  const isCovered = (element: Element): boolean => {
    const { left, top, width, height } = element.getBoundingClientRect()
    const places = [0.1, 0.3, 0.5, 0.7, 0.9]
    return places.every((across) =>
      places.every((down) => {
        const there = document.elementFromPoint(left + across * width, top + down * height)
        return !element.contains(there)
      }),
    )
  }

  /** As much as is read here of what TypeScript has no type for. */
  interface Shift extends PerformanceEntry {
    readonly value: number
    readonly sources: readonly {
      readonly node: Node | null
      readonly previousRect: DOMRectReadOnly
      readonly currentRect: DOMRectReadOnly
    }[]
  }
  const nameOf = (node: Node | null): string =>
    node instanceof Element ? `<${[node.localName, ...node.classList].join('.')}>` : `"${words(node?.textContent)}"`
  const placeOf = ({ x, y, width, height }: DOMRectReadOnly): string => `${width}×${height} at ${x},${y}`

  const shifts: Moved[] = []
  const note = (entries: PerformanceEntryList): void => {
    for (const { value, sources } of entries as Shift[]) {
      const moved = sources.map(
        ({ node, previousRect, currentRect }) =>
          `${nameOf(node)} from ${placeOf(previousRect)} to ${placeOf(currentRect)}`,
      )
      shifts.push({ value, what: moved.join(', ') })
    }
  }
  const observer = new PerformanceObserver((list) => note(list.getEntries()))
  observer.observe({ type: 'layout-shift', buffered: true })

  const measures = {
    /** Two frames after everything has loaded, all that moves by itself has moved. */
    async settled(): Promise<void> {
      await document.fonts.ready
      for (let frames = 0; frames < 2; frames += 1) await new Promise((drawn) => requestAnimationFrame(drawn))
    },

    /** What moved since the page began to load, or since this was asked last. */
    moved(): Moved[] {
      note(observer.takeRecords())
      return shifts.splice(0)
    },

    /** Text that is hard to read: what it says, and its ratio. Disabled controls may be pale. */
    poorContrasts(least: number): string[] {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
      const poor: string[] = []
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const element = node.parentElement
        if (element === null || words(node.textContent) === '' || !isSeen(element)) continue
        if (element.closest(':disabled') !== null) continue
        const ground = groundOf(element)
        const found = ratio(mix([...ground, getComputedStyle(element).color]), mix(ground))
        if (found < least) poor.push(`${words(node.textContent)} (${found.toFixed(2)})`)
      }
      return poor
    },

    /** How many pixels the page is wider than its window. */
    overflow(): number {
      const { scrollWidth, clientWidth } = document.documentElement
      return Math.max(0, scrollWidth - clientWidth)
    },

    /** The controls that the keyboard must reach, in the order of the page. */
    controls(): Element[] {
      const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')
      return [...all].filter(
        (element) => isSeen(element) && !element.matches(':disabled') && (element as HTMLElement).tabIndex >= 0,
      )
    },

    focused(): Focused {
      const element = document.activeElement ?? document.body
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element)
      const ground = groundOf(element.parentElement)
      return {
        index: measures.controls().indexOf(element),
        label: words(element.getAttribute('aria-label') ?? element.textContent ?? element.id),
        outline: outlineStyle === 'none' ? 0 : Number.parseFloat(outlineWidth),
        contrast: ratio(mix([...ground, outlineColor]), mix(ground)),
        covered: isCovered(element),
      }
    },
  }
  Object.assign(globalThis, { measures })
}

/** What `measuresInPage` leaves there. */
export interface Measures {
  settled(): Promise<void>
  moved(): Moved[]
  poorContrasts(least: number): string[]
  overflow(): number
  controls(): Element[]
  focused(): Focused
}

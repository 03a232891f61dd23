/** What can be told of a device by the name that its browser gives. Good enough to recognise one's own, and no proof. */
export interface Device {
  readonly kind: 'phone' | 'tablet' | 'computer' | 'unknown'
  /** `Firefox on Linux`. */
  readonly label: string
}

// The order matters: nearly every browser also claims to be one of those further down.
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bHeadlessChrome\/|\bChrome\/|\bChromium\/|\bCriOS\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
]

const systems: readonly (readonly [RegExp, string, Device['kind']])[] = [
  [/\biPhone\b|\biPod\b/, 'iPhone', 'phone'],
  [/\biPad\b/, 'iPad', 'tablet'],
  [/\bAndroid\b.*\bMobile\b/, 'Android', 'phone'],
  [/\bAndroid\b/, 'Android', 'tablet'],
  [/\bWindows\b/, 'Windows', 'computer'],
  [/\bCrOS\b/, 'ChromeOS', 'computer'],
  [/\bMacintosh\b/, 'Mac', 'computer'],
  [/\bLinux\b|\bX11\b/, 'Linux', 'computer'],
]

/** Tells a device by its `User-Agent`. */
export function deviceOf(agent: string | null): Device {
  const browser = browsers.find(([pattern]) => pattern.test(agent ?? ''))?.[1]
  const [, system, kind] = systems.find(([pattern]) => pattern.test(agent ?? '')) ?? [
    null,
    undefined,
    'unknown' as const,
  ]
  if (system === undefined) return { kind, label: browser ?? 'Unknown device' }
  return { kind, label: `${browser ?? 'Unknown browser'} on ${system}` }
}

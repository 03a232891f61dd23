/**
 * How many tests or checks passed, failed and were skipped.
 *
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 */

/**
 * What vitest's JSON report says of a test.
 *
 * @typedef {{ title: string, ancestorTitles: string[], status: string }} TestResult
 * @typedef {{ name: string, status: string, assertionResults: TestResult[] }} FileResult
 * @typedef {{
 *   numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   startTime: number, testResults: FileResult[]
 * }} Report
 */

/**
 * Counts a run of vitest. A file that failed to load counts as one failed test, since vitest counts only tests; so does
 * an error outside of any test, which shows in nothing but the exit status, and a run that left no report.
 *
 * @param {Report | null} report
 * @param {number} status the exit status of vitest
 * @returns {Tally}
 */
export function tally(report, status) {
  if (report === null) return { passed: 0, failed: 1, skipped: 0 }
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  const failed = report.numFailedTests + unloaded.length
  return {
    passed: report.numPassedTests,
    failed: status === 0 ? failed : Math.max(failed, 1),
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/**
 * The line with which `npm test` and `.ci/run` end: `12 passed, 0 failed`, or `12 passed, 0 failed, 3 skipped`.
 *
 * @param {Tally} tally
 */
export function lastLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/**
 * Reads the tally at the end of a program's output; `null` if the output does not end with one.
 *
 * @param {string} output
 * @returns {Tally | null}
 */
export function readTally(output) {
  const found = /(?:^|\n)(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/.exec(output)
  return found && { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3] ?? 0) }
}

/**
 * Closes a run with one line that a program can read: `N passed, N failed`, and `, N skipped` when some were.
 * A suite that could not run at all (it does not compile, its setup threw) counts as one failed test: Jest itself
 * counts it among the suites only.
 */
export default class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const skipped = results.numPendingTests + results.numTodoTests;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + (results.runExecError ? 1 : 0);
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    // Jest's own summary goes to stderr; waiting for the exit keeps this line last when both go to one place.
    process.once('exit', () => process.stdout.write(`${line}\n`));
  }
}

export { LOG_EVENTS, LOG_EVENT_NAMES, type LogEventName, type LogLevel } from './log-events.js';
export type { LogFields } from './log-fields.js';
export { errorSummary, type ErrorSummary } from './error-summary.js';
export { createLogger, type Logger, type LoggerOptions } from './logger.js';
export { logCrashes } from './crash-log.js';
export { boundedErrors } from './bounded-errors.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

interface LogEvent {
  readonly level: LogLevel;
  /** For operators: what it means, and what to do where there is something to do. */
  readonly meaning: string;
}

/**
 * Every event that the log may name, at its one level. The list is closed: another name, or another level, does not
 * compile. Printed into docs/log-events.md. Events from `warn` up are counted in /metrics by name.
 */
export const LOG_EVENTS = {
  'process.crashed': {
    level: 'fatal',
    meaning:
      'A fault that nobody caught; the process ends with 1. Restart it (a supervisor does) and report the frames.',
  },
  'request.done': {
    level: 'info',
    meaning:
      'One line for each HTTP request: route, status, duration, outcome code, the root fields of the operation and, once signed in, person and agency.',
  },
  'request.failed': {
    level: 'error',
    meaning: 'A fault of ours; the client got INTERNAL with this `logId`.',
  },
  'request.unavailable': {
    level: 'error',
    meaning: 'PostgreSQL did not answer; the client got UNAVAILABLE and may try again.',
  },
  'socket.opened': { level: 'info', meaning: 'Somebody signed in on a WebSocket.' },
  'socket.closed': { level: 'info', meaning: 'A signed-in WebSocket is over, after `durationMs`.' },
  'socket.failed': { level: 'error', meaning: 'A fault of ours on a WebSocket, which was closed with 4500.' },
  'socket.sign-in-failed': {
    level: 'error',
    meaning: 'A socket could not be signed in for a reason of ours, mostly PostgreSQL away.',
  },
  'security.imminent-danger-opened': {
    level: 'warn',
    meaning:
      'A supervisor opened a record beyond the keyring (28 CFR 23.20(f)(2)). Both agencies have it to review; see that they do.',
  },
  'security.token-refused': {
    level: 'warn',
    meaning:
      'A token or API key was not accepted, with the `reason` and, where it is known, a digest of the token or the id of the key: docs/sign-in.md, docs/api-keys.md. At most 20 a minute for each reason.',
  },
  'security.no-token': {
    level: 'info',
    meaning: 'Somebody came without a token, as the page does before sign-in; no attack by itself.',
  },
  'security.tokens-refused-unlogged': {
    level: 'warn',
    meaning: 'So many more (`swallowed`) were refused for the `reason` within the minute: somebody tries in earnest.',
  },
  'security.sockets-closed': {
    level: 'warn',
    meaning:
      'Open sockets were closed because a token or API key was revoked or ran out, a session was idle, a person, membership or agency ended (SEAT_ENDED), or a role was taken (ROLE_ENDED).',
  },
  'security.invitation-refused': {
    level: 'warn',
    meaning:
      'A code of an invitation was wrong, used or out of date. Many: somebody with a good token tries codes; the lines `request.done` beside it say from which process.',
  },
  'activity.not-noted': {
    level: 'error',
    meaning:
      'When people and API keys were last there could not be written; said once until it works again. Sessions end early if it lasts.',
  },
  'issuer.keys-away': {
    level: 'error',
    meaning:
      'The keys of an `issuer` could not be fetched (`reason`: UNREACHABLE, TIMEOUT, REDIRECT, STATUS, INVALID). Known keys count for twelve hours more; tokens under others are answered UNAVAILABLE. Said once until it works again: docs/sign-in.md.',
  },
  'issuer.keys-back': { level: 'info', meaning: 'The keys of the `issuer` were fetched again.' },
  'issuer.none': {
    level: 'warn',
    meaning: 'No issuer is configured, so no person can sign in: set CONCORD_ISSUERS, docs/sign-in.md.',
  },
  'sign-in.done': {
    level: 'info',
    meaning: 'Somebody signed in with a password at the embedded issuer.',
  },
  'sign-in.refused': {
    level: 'warn',
    meaning:
      'A sign-in failed at the embedded issuer: PASSWORD, or ACCOUNT_UNKNOWN without a person. At most 20 in 15 minutes from one address.',
  },
  'sign-in.locked': {
    level: 'warn',
    meaning:
      'Too many failures: for 15 minutes this source is refused for this account (ACCOUNT_FROM_HERE), strange sources are for this account (ACCOUNT_FOR_STRANGERS), or this source is for all accounts (SOURCE): docs/sign-in-page.md.',
  },
  'sign-in.ended': { level: 'info', meaning: 'Somebody signed out at the embedded issuer.' },
  'sign-in.token-used-twice': {
    level: 'warn',
    meaning:
      'A refresh token of the embedded issuer came a second time: it was copied. The sign-in that it belongs to is over.',
  },
  'issuer.failed': {
    level: 'error',
    meaning: 'A fault of ours at the embedded issuer; whoever signed in may try again.',
  },
  'issuer.moved': {
    level: 'warn',
    meaning:
      'The port of the embedded issuer was taken, and it is another issuer on `port` now: everybody signs in again, and tokens are in personas.json anew.',
  },
  'issuer.state-unreadable': {
    level: 'warn',
    meaning: 'issuer-state.json is broken and is begun anew: everybody signs in again.',
  },
  'clock.apart': {
    level: 'warn',
    meaning:
      "This machine's clock is so many `seconds` ahead of PostgreSQL's (negative: behind). Nothing is decided by it; times of log lines are its own. Look at the machine's time service.",
  },
  'seats.look-failed': {
    level: 'error',
    meaning:
      'Whether open sockets may stay open could not be asked of PostgreSQL; asked again at once when it is back. Said once.',
  },
  'inboxes.look-failed': {
    level: 'warn',
    meaning:
      'Whether anything waits in the inboxes of open streams could not be asked of PostgreSQL; asked again within 10 s. Said once.',
  },
  'rates.exceeded': {
    level: 'warn',
    meaning:
      'Somebody asked for more than docs/rates.md allows (`budget`) and was told to wait; once for each wait of theirs.',
  },
  'rates.store-away': {
    level: 'error',
    meaning: 'Redis does not count: each process counts for itself until `rates.store-back`. Nothing is unlimited.',
  },
  'rates.store-back': { level: 'info', meaning: 'Redis counts for all processes again.' },
  'start.waiting-for-database': {
    level: 'warn',
    meaning: 'PostgreSQL is not there yet; tried again in `pauseMs`, for a minute in all.',
  },
  'database.away': {
    level: 'error',
    meaning: 'PostgreSQL is gone or silent (`reason`): everything that needs it is answered 503 until `database.back`.',
  },
  'database.back': { level: 'warn', meaning: 'PostgreSQL answers again.' },
  'relay.not-listening': {
    level: 'error',
    meaning: 'The connection on which PostgreSQL tells of news is broken; the relay looks every second meanwhile.',
  },
  'read-ledger.failed': {
    level: 'error',
    meaning: 'Reads could not be booked, and so were not answered: the clients got UNAVAILABLE.',
  },
  'stop.failed': { level: 'error', meaning: 'Something could not be let go of while the process ended.' },
  'stop.cut-short': {
    level: 'error',
    meaning: 'The process ended after its grace (`graceMs`) with work under way; what it did not finish is done again.',
  },
  'wake-ups.error': {
    level: 'error',
    meaning: 'The connection for wake-ups has trouble; live alerts come up to 10 s late until it is back.',
  },
  'worker.ready': { level: 'info', meaning: 'Relay, reconciler and queues work.' },
  'relay.failed': {
    level: 'error',
    meaning: 'Outbox rows could not be put on the queues; tried again within a second, nothing is lost.',
  },
  'reconcile.failed': {
    level: 'error',
    meaning: 'The look for lost jobs failed; the next is 2 s later.',
  },
  'outbox.requeued': {
    level: 'warn',
    meaning:
      'Jobs were lost (Redis emptied, a worker killed) and `rows` were put back. A few after a restart are normal.',
  },
  'outbox.dead': {
    level: 'error',
    meaning:
      'The outbox row `outboxId` was given up: every try of it failed or ended its worker, while others were done. Nothing else waits for it; docs/operations.md, "Dead letters".',
  },
  'job.one-by-one': {
    level: 'warn',
    meaning: 'A job of `rows` outbox rows failed; they are tried one by one, so that one bad row holds up no other.',
  },
  'queue.error': { level: 'error', meaning: 'The connection of a queue has trouble; it reconnects by itself.' },
  'job.failed': {
    level: 'error',
    meaning: 'One try of a job failed. It is tried three times, then the reconciler puts its rows back.',
  },
  'import.worked-on': {
    level: 'info',
    meaning:
      'A worker is done with the import `importId` for now; `reason` says how: done, failed, paused, lost, turn or stopped.',
  },
  'import.failed': {
    level: 'error',
    meaning: 'An import could not be worked on; it is taken again, and paused when nothing comes of it five times.',
  },
  'import.entry-failed': {
    level: 'error',
    meaning:
      'A row of an import could not be stored by a fault of ours, three times; it was refused with INTERNAL, and the import goes on.',
  },
  'import.given-up': {
    level: 'error',
    meaning: 'The import `importId` was taken five times and nothing came of it: it is paused; nothing is lost.',
  },
  'report.export-cut': {
    level: 'warn',
    meaning:
      'An export of its own reports did not reach an agency whole, after `rows` reports: the connection broke, or what `err` says. They ask again.',
  },
  'draft.swept': {
    level: 'info',
    meaning: '`rows` drafts of reports that nobody had touched for 90 days are deleted.',
  },
  'alert.hand-over-failed': {
    level: 'error',
    meaning: 'Alerts could not be escalated or handed over; tried again every half second.',
  },
  'webhook.failed': {
    level: 'error',
    meaning: 'What is pushed to webhooks could not be claimed, opened or booked; tried again.',
  },
  'draft.sweep-failed': {
    level: 'error',
    meaning: 'Drafts that nobody touches could not be deleted; tried again every hour.',
  },
  'read.tally-failed': {
    level: 'error',
    meaning:
      'Reads could not be counted for the digests of those whose records were read; tried again every minute, nothing is lost.',
  },
  'report.comes-back-failed': {
    level: 'error',
    meaning: 'A report is stored, and what comes back on it could not be looked for: the answer has null there.',
  },
  'community.released': {
    level: 'info',
    meaning: 'The week’s `batch` for community partners let out `rows` rows; 0 where nothing had company enough.',
  },
  'community.failed': {
    level: 'error',
    meaning:
      'The batch for community partners that is due could not be made; tried again every minute, nothing is lost.',
  },
  'rule.unreadable': {
    level: 'error',
    meaning: 'The filter of the rule `ruleId` cannot be read; it raises nothing until its owner changes it.',
  },
  'metrics.collector-failed': {
    level: 'warn',
    meaning:
      'The numbers of `collector` are missing from one answer of /metrics: the database or the queue was too slow.',
  },
  'metrics.listening': { level: 'info', meaning: 'Metrics and health are served on a port of their own.' },
  'tracing.on': { level: 'info', meaning: 'Spans are sent to the OpenTelemetry collector of the configuration.' },
  'postgres.said': { level: 'debug', meaning: 'A line of the embedded PostgreSQL while it starts.' },
} as const satisfies Record<string, LogEvent>;

export type LogEventName = keyof typeof LOG_EVENTS;

/** The events of one level. */
export type EventAt<L extends LogLevel> = {
  [E in LogEventName]: (typeof LOG_EVENTS)[E]['level'] extends L ? E : never;
}[LogEventName];

export const LOG_EVENT_NAMES = Object.keys(LOG_EVENTS) as readonly LogEventName[];

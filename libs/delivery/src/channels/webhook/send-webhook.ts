import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { OutgoingAlert, SendOutcome } from '../channel.js';
import { postOnce, type PostOptions } from './post-once.js';

/** Longest that a receiver's `Retry-After` is obeyed. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

export interface WebhookTarget {
  readonly url: string;
  /** `whsec_…`, the newest first; a message is signed with each. */
  readonly secrets: readonly string[];
}

/** Tells a receiver of an alert: its id, revision and what it is about. What the record says is asked with one's own keys. */
export function sendAlert(target: WebhookTarget, alert: OutgoingAlert, options: PostOptions): Promise<SendOutcome> {
  const type = alert.revision === 1 ? 'alert.raised' : 'alert.revised';
  const { alertId, revision, change } = alert;
  const body = JSON.stringify({ type, timestamp: alert.toldAt.toISOString(), data: { alertId, revision, change } });
  return send(target, alert.id, body, options, () => true);
}

/** Asks a receiver to say back what was sent: that whoever named the address also runs it. */
export function sendChallenge(target: WebhookTarget, id: string, options: PostOptions): Promise<SendOutcome> {
  const challenge = randomUUID();
  const body = JSON.stringify({ type: 'webhook.verify', timestamp: new Date().toISOString(), data: { challenge } });
  return send(target, id, body, options, (answer) => answer.includes(challenge));
}

async function send(
  { url, secrets }: WebhookTarget,
  id: string,
  body: string,
  options: PostOptions,
  isTaken: (answer: string) => boolean,
): Promise<SendOutcome> {
  const now = new Date();
  const signature = secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' ');
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Concord',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': signature,
  };
  const result = await postOnce(new URL(url), headers, body, options);
  if (result.kind === 'fault') return { kind: 'failed', reason: result.reason, status: null };
  const { status } = result;
  if (status >= 200 && status < 300)
    return isTaken(result.body) ? { kind: 'delivered', status } : { kind: 'failed', reason: 'NOT_ECHOED', status };
  if (status === 410) return { kind: 'ended', reason: 'GONE', status };
  const reason = status >= 300 && status < 400 ? 'REDIRECTED' : 'REFUSED';
  const afterMs = waitOf(result.retryAfter, now);
  return { kind: 'failed', reason, status, ...(afterMs === null ? {} : { afterMs }) };
}

/** Seconds or a date (RFC 9110, 10.2.3); null where it is neither. */
function waitOf(retryAfter: string | null, now: Date): number | null {
  if (retryAfter === null) return null;
  const waitMs = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - now.getTime();
  return Number.isFinite(waitMs) ? Math.min(Math.max(waitMs, 0), LONGEST_WAIT_MS) : null;
}

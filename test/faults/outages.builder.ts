import { ClientError } from 'graphql-request';
import { ALERTS } from '../flows/documents.js';
import type { FlowClient } from '../flows/flow-client.builder.js';
import { types } from 'node:util';
import type { FlowStack } from '../flows/stack.builder.js';

/**
 * Jest runs tests, and what they import, in a realm of its own; errors of sockets come from Node's and would be no
 * `instanceof Error` here, as they are in every process that serves.
 */
const ordinary = Function.prototype[Symbol.hasInstance];
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, candidate: unknown): boolean {
    return this === Error ? types.isNativeError(candidate) : ordinary.call(this, candidate);
  },
});

/** What a client was told, and how long it took. */
export interface Told {
  readonly status: number;
  readonly code: unknown;
  readonly retryAfter: string | null;
  readonly data: unknown;
  /** Of the first error; empty where there was none. */
  readonly message: string;
  readonly ms: number;
}

/** 503 UNAVAILABLE and when to come back: the one answer of an outage. */
export const UNAVAILABLE = { status: 503, code: 'UNAVAILABLE', retryAfter: '2' };

/** Asks for an inbox (or what is given) and says what came of it, whatever it was. */
export async function ask(
  client: FlowClient,
  document: string = ALERTS,
  variables: Record<string, unknown> = { first: 1 },
): Promise<Told> {
  const began = performance.now();
  const ms = (): number => Math.round(performance.now() - began);
  try {
    const data = await client.run<unknown>(document, variables);
    return { status: 200, code: null, retryAfter: null, data, message: '', ms: ms() };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const { status, errors, headers, data } = error.response;
    const retryAfter = headers instanceof Headers ? headers.get('retry-after') : null;
    const [first] = errors ?? [];
    const [code, message] = [first?.extensions['code'], first?.message ?? ''];
    return { status, code, retryAfter, data: data ?? null, message, ms: ms() };
  }
}

export interface Health {
  readonly live: number;
  readonly ready: number;
  readonly body: { readonly status: string; readonly reason?: string; readonly reasons?: readonly string[] };
  readonly text: string;
}

export async function healthOf(stack: FlowStack): Promise<Health> {
  const live = await fetch(`${stack.origin}/health/live`);
  const ready = await fetch(`${stack.origin}/health/ready`);
  const text = await ready.text();
  return { live: live.status, ready: ready.status, body: JSON.parse(text) as Health['body'], text };
}

export const say = (line: string): void => void process.stderr.write(`outages: ${line}\n`);

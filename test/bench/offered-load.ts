import { setTimeout as sleep } from 'node:timers/promises';
import { spreadOf, type Spread } from './measures.js';

/** One that was sent: when, and how long until it was answered. */
export interface Sent {
  readonly id: string;
  readonly at: number;
  readonly receiptMs: number;
}

export interface LoadResult {
  readonly receiptMs: Spread;
  /** From the moment it was due to its arrival on the socket. */
  readonly arrivalMs: Spread;
  readonly lost: number;
}

type Send = (n: number) => Promise<Sent>;

/** One at a time: the next is sent when the one before has arrived. */
export async function oneByOne(send: Send, arrivals: ReadonlyMap<string, number>, count: number): Promise<LoadResult> {
  const sent: Sent[] = [];
  for (let n = 0; n < count; n += 1) {
    const one = await send(n);
    sent.push(one);
    await arrived([one], arrivals, 5_000);
    await sleep(5);
  }
  return resultOf(sent, arrivals);
}

/** Open loop: due by the clock, whether or not those before have been answered; waiting counts. */
export async function atRate(
  send: Send,
  arrivals: ReadonlyMap<string, number>,
  perSecond: number,
  seconds: number,
): Promise<LoadResult> {
  const begun = performance.now();
  const all = Array.from({ length: perSecond * seconds }, async (_, n) => {
    const due = begun + (n * 1_000) / perSecond;
    await sleep(Math.max(0, due - performance.now()));
    const one = await send(n);
    return { id: one.id, at: due, receiptMs: one.at + one.receiptMs - due };
  });
  const sent = await Promise.all(all);
  await arrived(sent, arrivals, 15_000);
  return resultOf(sent, arrivals);
}

async function arrived(sent: readonly Sent[], arrivals: ReadonlyMap<string, number>, longestMs: number): Promise<void> {
  const deadline = performance.now() + longestMs;
  while (performance.now() < deadline && sent.some(({ id }) => !arrivals.has(id))) await sleep(1);
}

function resultOf(sent: readonly Sent[], arrivals: ReadonlyMap<string, number>): LoadResult {
  const taken = sent.flatMap(({ id, at }) => {
    const arrival = arrivals.get(id);
    return arrival === undefined ? [] : [arrival - at];
  });
  return {
    receiptMs: spreadOf(sent.map(({ receiptMs }) => receiptMs)),
    arrivalMs: spreadOf(taken),
    lost: sent.length - taken.length,
  };
}

import { setTimeout as sleep } from 'node:timers/promises';

/** One that was sent: when, and when it was answered, by the machine's clock. */
export interface Sent {
  readonly id: string;
  /** Which one of its run. */
  readonly n: number;
  readonly at: number;
  readonly answered: number;
}

/** Null: it was refused. */
type Send = (n: number) => Promise<Sent | null>;
type Arrived = (one: Sent) => boolean;

/** One at a time: the next is sent when the one before has arrived. */
export async function oneByOne(send: Send, arrived: Arrived, count: number): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (let n = 0; n < count; n += 1) {
    const one = await send(n);
    if (one === null) continue;
    sent.push(one);
    await untilAll([one], arrived, 5_000);
    await sleep(5);
  }
  return sent;
}

/** Open loop: due by the clock, whether or not those before have been answered; waiting counts. */
export async function atRate(send: Send, arrived: Arrived, perSecond: number, seconds: number): Promise<Sent[]> {
  const begun = performance.now();
  const all = Array.from({ length: perSecond * seconds }, async (_, n) => {
    const due = begun + (n * 1_000) / perSecond;
    await sleep(Math.max(0, due - performance.now()));
    const one = await send(n);
    return one === null ? null : { ...one, at: performance.timeOrigin + due };
  });
  const sent = (await Promise.all(all)).filter((one) => one !== null);
  await untilAll(sent, arrived, 15_000);
  return sent;
}

/** What has arrived is not looked at again: looking must not cost what is measured. */
async function untilAll(sent: readonly Sent[], arrived: Arrived, longestMs: number): Promise<void> {
  const deadline = performance.now() + longestMs;
  let left = sent.filter((one) => !arrived(one));
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(1);
    left = left.filter((one) => !arrived(one));
  }
}

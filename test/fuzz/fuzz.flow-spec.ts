import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PERSONA_NAMES } from '../../apps/embedded/src/personas.js';
import { plainReport } from '../flows/reports.builder.js';
import { FlowStack } from '../flows/stack.builder.js';
import { conversations } from './frames.generator.js';
import { judge } from './judge.js';
import { knownValues } from './known-values.js';
import { requests } from './requests.generator.js';
import { Sender, type Callers } from './send.js';
import type { KnownValues } from './values.generator.js';

/** The same generators as `npm run fuzz`, for a moment: a fault that is found here is made small. */
const seed = randomInt(2 ** 31);

describe(`whatever is sent, made from the schema (seed ${seed})`, () => {
  const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../schema.graphql'), 'utf8'));
  let stack: FlowStack;
  let sender: Sender;
  let callers: Callers;
  let known: KnownValues;

  beforeAll(async () => {
    stack = await FlowStack.start(undefined, {
      rates: { factor: 100 },
      live: { handshakesPerMinute: 100_000, socketsPerPerson: 100, framesPerSecond: 10_000 },
    });
    for (let n = 0; n < 3; n += 1) await stack.as('local-submitter').report(plainReport());
    callers = [...PERSONA_NAMES.map((name) => stack.as(name).token), null];
    sender = new Sender(stack.api.url, callers, 4);
    known = await knownValues(sender, callers);
  }, 60_000);

  afterAll(async () => {
    sender?.close();
    await stack?.stop();
  });

  it('is answered with a code and never with a fault of ours', async () => {
    const outcomes = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(requests(schema, known, callers.length), async (sent) => {
        const { outcome, fault } = judge(await sender.request(sent));
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        expect(fault).toBeNull();
      }),
      { seed, numRuns: 400 },
    );
    // A generator whose documents never run, or are never refused, would prove nothing.
    const ran = [...outcomes].filter(([outcome]) => /^(OK|FORBIDDEN|NOT_FOUND|SeizureReport\w+)$/.test(outcome));
    expect(ran.reduce((sum, [, times]) => sum + times, 0)).toBeGreaterThan(50);
    expect(outcomes.get('BAD_USER_INPUT')).toBeGreaterThan(50);
  }, 120_000);

  it('is heard on sockets, and no socket is closed for a fault of ours', async () => {
    await fc.assert(
      fc.asyncProperty(conversations(schema, known, callers), async (talk) => {
        expect((await sender.converse(talk)).fault).toBeNull();
      }),
      { seed, numRuns: 40 },
    );
  }, 120_000);
});

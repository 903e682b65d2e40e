import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { LiveStream } from '../flows/flow-client.builder.js';
import { Findings } from './findings.js';
import { mayAsk, type Answer } from './may-ask.oracle.js';
import { isSomebodyElsewhere } from './who-sees.oracle.js';
import { WholeDocuments } from './whole-documents.js';
import type { StandingWorld } from './world.builder.js';

const STEP_MS = 5;
const PATIENCE_MS = 20_000;
/** Close codes of the protocol for whoever is not let in at all. */
const DOOR: Readonly<Record<number, Answer>> = { 4401: 'UNAUTHENTICATED', 4403: 'UNAUTHENTICATED' };

/** Who may open the live stream at all, one after the other: whether it stands is seen inside the API. */
export async function judgeSubscriptions(standing: StandingWorld): Promise<Findings> {
  const findings = new Findings();
  const { world, stack } = standing;
  for (const actor of world.actors) {
    for (const purpose of ['INVESTIGATION; ref=MATRIX-2026-001', null]) {
      const expected = mayAsk(world, actor, 'Subscription.alertRaised', purpose !== null);
      if (purpose === null && expected !== 'PURPOSE_REQUIRED') continue;
      const { url, params } = standing.socketOf(actor, purpose);
      const stream = new LiveStream(url, params, null);
      const got = await outcomeOf(stream, () => stack.api.services.inboxWatch.size > 0);
      await stream.close();
      await until(() => stack.api.services.inboxWatch.size === 0);
      findings.saw(`Subscription.alertRaised ${expected ?? 'without a row'}`);
      const agrees =
        got === expected ||
        (expected === 'UNAUTHENTICATED' && got === 'FORBIDDEN' && isSomebodyElsewhere(world, actor));
      findings.decide(
        'live',
        agrees,
        () =>
          `seed ${world.seed}: ${actor.name} opens a live stream ${purpose === null ? 'without' : 'with'} a purpose and gets ${got}, where ${expected ?? 'nothing'} is right`,
      );
    }
    await judgeFollowing(standing, actor, findings);
  }
  return findings;
}

/** Who may follow an import: of nobody's, so that whoever is let in is told that it is not there. */
async function judgeFollowing(
  { world, socketOf }: StandingWorld,
  actor: StandingWorld['world']['actors'][number],
  findings: Findings,
): Promise<void> {
  const field = 'Subscription.importProgressed';
  const expected = mayAsk(world, actor, field, false);
  const { url, params } = socketOf(actor, null);
  const client = createClient({ url, connectionParams: params, webSocketImpl: WebSocket, retryAttempts: 0 });
  const query = new WholeDocuments().harmlessCall(field);
  const by = await new Promise<unknown>((resolve) => {
    client.subscribe(
      { query },
      { next: ({ errors }) => resolve(errors), error: resolve, complete: () => resolve(null) },
    );
  });
  await client.dispose();
  const said = refusalIn(by);
  const got = said === 'NOT_FOUND' ? 'ANSWERED' : said;
  findings.saw(`${field} ${expected ?? 'without a row'}`);
  const agrees =
    got === expected || (expected === 'UNAUTHENTICATED' && got === 'FORBIDDEN' && isSomebodyElsewhere(world, actor));
  findings.decide(
    'live',
    agrees,
    () =>
      `seed ${world.seed}: ${actor.name} follows an import and gets ${got}, where ${expected ?? 'nothing'} is right`,
  );
}

/** ANSWERED once the stream stands; else by what ended it. */
async function outcomeOf(stream: LiveStream, stands: () => boolean): Promise<string> {
  let ended: { readonly by: unknown } | null = null;
  void stream.ended.then((by) => (ended = { by }));
  await until(() => stands() || ended !== null);
  if (ended === null) return 'ANSWERED';
  return refusalIn((ended as { readonly by: unknown }).by);
}

function refusalIn(by: unknown): string {
  if (Array.isArray(by)) return (by[0] as { extensions?: { code?: string } }).extensions?.code ?? 'an error';
  if (typeof by !== 'object' || by === null) return `an end: ${String(by)}`;
  const code: unknown = Reflect.get(by, 'code');
  const reason = String(Reflect.get(by, 'reason') ?? '');
  for (const said of ['FORBIDDEN', 'UNAUTHENTICATED'] as const) if (reason.includes(said)) return said;
  return (typeof code === 'number' ? DOOR[code] : undefined) ?? `close ${String(code)} ${reason}`;
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; !condition();) {
    if (Date.now() > deadline) throw new Error('the live stream neither stands nor ends');
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

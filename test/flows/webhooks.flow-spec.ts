import { randomUUID } from 'node:crypto';
import { networksOf, type Resolve } from '@concord/delivery';
import { Webhook } from 'standardwebhooks';
import { personId, type PersonaName } from '../../apps/embedded/src/personas.js';
import { CORRECT, RECALL } from './documents.js';
import { eventually, type Issue } from './flow-client.builder.js';
import { plainReport } from './reports.builder.js';
import { FlowStack } from './stack.builder.js';
import { TAKEN, WebhookReceiver, type Received } from './webhook-receiver.builder.js';

const REJECTED = '... on WebhookRejected { issues { path code message } }';
const WEBHOOK = 'id url state verifiedAt pausedUntil lastFailure endedBecause';
const ADD = `mutation($url: String!) { act: addWebhook(url: $url) { __typename ... on WebhookAdded { secret webhook { ${WEBHOOK} } } ${REJECTED} } }`;
const ROTATE = `mutation($id: ID!) { act: rotateWebhookSecret(id: $id) { __typename ... on WebhookSecretRotated { secret } ${REJECTED} } }`;
const REMOVE = `mutation($id: ID!) { act: removeWebhook(id: $id) { __typename ... on WebhookRemoved { id } ${REJECTED} } }`;
const LIST = `{ webhooks { ${WEBHOOK} } }`;
const DELIVERY =
  'id alertId channel webhookId revision state reason nextAttemptAt attempts { outcome status reason revision }';
const ALERTS = `{ alerts(first: 100) { edges { node { id record { id } deliveries { ${DELIVERY} } } } } }`;
const DEAD = `query($first: Int, $after: String) { deadDeliveries(first: $first, after: $after) { pageInfo { hasNextPage endCursor } edges { node { ${DELIVERY} } } } }`;
const REPLAY = `mutation($id: ID!) { act: replayDelivery(id: $id) { __typename ... on DeliveryReplayed { delivery { ${DELIVERY} } } ... on DeliveryRejected { issues { path code } } } }`;

interface Hook {
  readonly id: string;
  readonly url: string;
  readonly state: string;
  readonly pausedUntil: string | null;
  readonly lastFailure: string | null;
  readonly endedBecause: string | null;
}
interface Delivery {
  readonly id: string;
  readonly alertId: string;
  readonly channel: string;
  readonly webhookId: string | null;
  readonly revision: number | null;
  readonly state: string;
  readonly reason: string | null;
  readonly attempts: readonly {
    readonly outcome: string | null;
    readonly status: number | null;
    readonly reason: string | null;
  }[];
}
interface Acted {
  readonly __typename: string;
  readonly secret?: string;
  readonly webhook?: Hook;
  readonly delivery?: Delivery;
  readonly issues?: readonly Issue[];
}
interface Told {
  readonly type: string;
  readonly data: { readonly alertId: string; readonly revision: number; readonly change: string };
}

const OWNER = 'state-analyst';
/** What a name answers, one question after the other; the last one from then on. */
const names = new Map<string, string[]>();
const resolve: Resolve = (hostname, answer) => {
  const answers = names.get(hostname) ?? [];
  const address = answers.length > 1 ? answers.shift() : answers[0];
  if (address === undefined) answer(new Error('no such name'), []);
  else
    answer(
      null,
      address.split(' ').map((one) => ({ address: one, family: one.includes(':') ? 6 : 4 })),
    );
};

describe('alerts that are pushed to a webhook', () => {
  let stack: FlowStack;
  let receiver: WebhookReceiver;
  let reportId: string;
  let recordId: string;
  let input: Record<string, unknown>;

  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
    stack = await FlowStack.start(undefined, {
      rates: { factor: 100 },
      webhooks: { networks: networksOf(['127.0.0.0/8']), lookMs: 20, timeoutMs: 1_000, resolve },
    });
    await stack.as(OWNER).rule('all of it', null);
  });
  afterEach(async () => {
    for (const { id, state } of await list()) if (state !== 'ENDED') await act(REMOVE, { id });
  });
  afterAll(async () => {
    await stack?.stop();
    await receiver?.stop();
  });

  const act = async (document: string, variables: Record<string, unknown>, as: PersonaName = OWNER): Promise<Acted> =>
    (await stack.as(as).run<{ act: Acted }>(document, variables)).act;
  const list = async (as: PersonaName = OWNER): Promise<Hook[]> =>
    (await stack.as(as).run<{ webhooks: Hook[] }>(LIST)).webhooks;
  const stored = async (id: string): Promise<Hook | null> => (await list()).find((hook) => hook.id === id) ?? null;
  const until = (id: string, state: string): Promise<Hook> =>
    eventually(`a webhook is ${state}`, async () => {
      const hook = await stored(id);
      return hook?.state === state ? hook : null;
    });
  const add = async (path: string, host?: string): Promise<{ id: string; secret: string }> => {
    const { webhook, secret } = await act(ADD, { url: receiver.url(path, host) });
    return { id: webhook?.id ?? '', secret: secret ?? '' };
  };
  const added = async (path: string, host?: string): Promise<{ id: string; secret: string }> => {
    const hook = await add(path, host);
    await until(hook.id, 'ACTIVE');
    return hook;
  };
  const released = async (): Promise<void> => {
    input = plainReport();
    ({ reportId, recordId } = await stack.as('local-submitter').report(input));
    await stack.drain();
  };
  const told = ({ body }: Received): Told => JSON.parse(body) as Told;
  const arrivedAt = (path: string, count = 1): Promise<Received[]> =>
    eventually(`${count} at ${path}`, () => {
      const arrived = receiver.alertsAt(path);
      return arrived.length >= count ? arrived : null;
    });
  const deliveries = async (webhookId: string): Promise<Delivery[]> => {
    const { alerts } = await stack.as(OWNER).run<{ alerts: { edges: { node: { deliveries: Delivery[] } }[] } }>(ALERTS);
    return alerts.edges.flatMap(({ node }) => node.deliveries).filter((delivery) => delivery.webhookId === webhookId);
  };
  const delivery = (webhookId: string, state: string): Promise<Delivery> =>
    eventually(
      `a delivery is ${state}`,
      async () => (await deliveries(webhookId)).find((one) => one.state === state) ?? null,
    );
  const failed = (webhookId: string, times = 1): Promise<Delivery> =>
    eventually('a failed attempt', async () => {
      const [one] = await deliveries(webhookId);
      return (one?.attempts.filter(({ outcome }) => outcome === 'FAILED').length ?? 0) >= times ? (one ?? null) : null;
    });
  /** What is waited for is due. */
  const timePasses = async (webhookId: string): Promise<void> => {
    await stack.admin.query(`update push set next_at = now() where webhook_id = $1 and state = 'PENDING'`, [webhookId]);
    await stack.admin.query('update webhook set paused_until = null where id = $1', [webhookId]);
  };
  const signedBy = ({ headers, body }: Received, secret: string): unknown =>
    new Webhook(secret).verify(body, headers as Record<string, string>);

  test('are posted once for each revision, signed, with ids and nothing of the record', async () => {
    const { id, secret } = await added('/good');
    await released();
    const [first] = await arrivedAt('/good');
    if (first === undefined) throw new Error('nothing came');
    const { type, data } = told(first);
    expect([type, data.revision, data.change]).toEqual(['alert.raised', 1, 'RAISED']);
    expect(signedBy(first, secret)).toMatchObject({ type });
    expect(() => signedBy(first, `whsec_${Buffer.alloc(32).toString('base64')}`)).toThrow('No matching signature');
    expect(first.body).not.toContain(recordId);
    const sent = await delivery(id, 'DELIVERED');
    expect(first.headers['webhook-id']).toBe(sent.id);
    expect(sent).toMatchObject({ channel: 'WEBHOOK', revision: 1, alertId: data.alertId });
    expect(sent.attempts).toEqual([expect.objectContaining({ outcome: 'DELIVERED', status: 204 })]);

    const changed = { ...input, conveyance: 'BUS' };
    await stack.as('local-submitter').run(CORRECT, { id: reportId, version: 1, input: changed, reason: 'A bus.' });
    await stack.drain();
    await stack.as('local-submitter').run(RECALL, { id: reportId, version: 2, reason: 'Never happened.' });
    const all = (await arrivedAt('/good', 3)).map(told);
    expect(all.map((one) => [one.type, one.data.alertId, one.data.revision])).toEqual([
      ['alert.raised', data.alertId, 1],
      ['alert.revised', data.alertId, 2],
      ['alert.revised', data.alertId, 3],
    ]);
    await eventually(
      'the books',
      async () =>
        (await stack.count(`from audit_entry where action = 'alert.push' and canonical like '%' || $1 || '%'`, [
          id,
        ])) === 3,
    );
  });

  test('say that they arrived live too', async () => {
    await released();
    const { alerts } = await stack
      .as(OWNER)
      .run<{ alerts: { edges: { node: { record: { id: string } | null; deliveries: Delivery[] } }[] } }>(ALERTS);
    const mine = alerts.edges.find(({ node }) => node.record?.id === recordId)?.node.deliveries;
    expect(mine?.map(({ channel, state, attempts }) => [channel, state, attempts.length])).toEqual([
      ['LIVE', 'DELIVERED', 1],
    ]);
  });

  test('are signed with both secrets while they change over, and with no third one', async () => {
    const { id, secret } = await added('/rotated');
    const second = (await act(ROTATE, { id })).secret ?? '';
    await released();
    const [one] = await arrivedAt('/rotated');
    if (one === undefined) throw new Error('nothing came');
    expect([secret, second].map((key) => signedBy(one, key) !== null)).toEqual([true, true]);
    const third = (await act(ROTATE, { id })).secret ?? '';
    await released();
    const two = (await arrivedAt('/rotated', 2))[1];
    if (two === undefined) throw new Error('nothing came');
    expect([second, third].map((key) => signedBy(two, key) !== null)).toEqual([true, true]);
    expect(() => signedBy(two, secret)).toThrow('No matching signature');
  });

  test('go to no receiver that did not say back the challenge', async () => {
    const { id } = await add('/never-echoes');
    await eventually('the challenge failed', async () => (await stored(id))?.lastFailure ?? null);
    expect((await stored(id))?.lastFailure).toBe('NOT_ECHOED');
    await released();
    await stack.admin.query(`update push set retry_until = now() - interval '1 second' where webhook_id = $1`, [id]);
    expect((await until(id, 'ENDED')).endedBecause).toBe('NOT_VERIFIED');
    expect(receiver.alertsAt('/never-echoes')).toEqual([]);
  });

  describe('when the receiver fails', () => {
    test('are tried again under the same id, as late as it says', async () => {
      receiver.answer('/busy', (response, received, nth) =>
        nth === 1 ? void response.writeHead(503, { 'retry-after': '3600' }).end() : TAKEN(response, received, nth),
      );
      const { id } = await added('/busy');
      await released();
      const waiting = await failed(id);
      expect(waiting.attempts[0]).toMatchObject({ status: 503, reason: 'REFUSED' });
      const { rows } = await stack.admin.query<{ minutes: number }>(
        'select extract(epoch from next_at - now()) / 60 as minutes from push where id = $1',
        [waiting.id],
      );
      expect(Number(rows[0]?.minutes)).toBeGreaterThan(55);
      await timePasses(id);
      expect((await delivery(id, 'DELIVERED')).attempts.length).toBe(2);
      const [one, two] = await arrivedAt('/busy', 2);
      expect(one?.headers['webhook-id']).toBe(two?.headers['webhook-id']);
    });

    test('follow no redirect', async () => {
      receiver.answer(
        '/moved',
        (response) => void response.writeHead(307, { location: receiver.url('/inside') }).end(),
      );
      const { id } = await added('/moved');
      await released();
      expect((await failed(id)).attempts[0]).toMatchObject({ status: 307, reason: 'REDIRECTED' });
      expect(receiver.alertsAt('/inside')).toEqual([]);
    });

    test('end where it answers 410, with everything that waits', async () => {
      receiver.answer('/gone', (response) => void response.writeHead(410).end());
      const { id } = await added('/gone');
      await released();
      expect(await until(id, 'ENDED')).toMatchObject({ endedBecause: 'GONE', lastFailure: 'GONE' });
      const dead = await delivery(id, 'DEAD');
      expect(dead.reason).toBe('GONE');
      expect((await act(REPLAY, { id: dead.id })).issues?.[0]?.code).toBe('WEBHOOK_ENDED');
      await released();
      expect((await deliveries(id)).length).toBe(1);
    });

    test('that hang, sends without end or breaks off harms nobody else', async () => {
      receiver.answer('/hangs', () => undefined);
      receiver.answer('/giant', (response) => {
        response.writeHead(200);
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        };
        response.on('drain', more);
        more();
      });
      receiver.answer('/breaks', (response) => void response.destroy());
      const hanging = await added('/hangs');
      const giant = await added('/giant');
      const breaking = await added('/breaks');
      const good = await added('/beside');
      for (let n = 0; n < 3; n += 1) await released();
      await arrivedAt('/beside', 3);
      // The ones that hang have not even timed out.
      expect(
        await stack.count(`from push where webhook_id = $1 and alert_id is not null and state = 'DELIVERED'`, [
          hanging.id,
        ]),
      ).toBe(0);
      expect((await failed(hanging.id)).attempts[0]?.reason).toBe('TIMED_OUT');
      expect((await failed(breaking.id)).attempts[0]?.reason).toBe('NOT_REACHED');
      await delivery(giant.id, 'DELIVERED');
      expect(receiver.mostOpenAt('/hangs')).toBe(2);
      expect((await deliveries(good.id)).every(({ state }) => state === 'DELIVERED')).toBe(true);
    });

    test('pause after five failures in a row, and go on where they were', async () => {
      let broken = true;
      receiver.answer('/circuit', (response, received, nth) =>
        broken ? void response.writeHead(500).end() : TAKEN(response, received, nth),
      );
      const { id } = await added('/circuit');
      await released();
      for (let n = 1; n <= 5; n += 1) {
        await failed(id, n);
        if (n < 5) await timePasses(id);
      }
      await eventually('the pause', async () => (await stored(id))?.pausedUntil ?? null);
      broken = false;
      await timePasses(id);
      await delivery(id, 'DELIVERED');
      expect(await stored(id)).toMatchObject({ pausedUntil: null, lastFailure: null });
    });

    test('are a dead letter in the end, with its reason, and can be replayed under the same id', async () => {
      let broken = true;
      receiver.answer('/dead', (response, received, nth) =>
        broken ? void response.writeHead(500).end() : TAKEN(response, received, nth),
      );
      const { id } = await added('/dead');
      await released();
      await failed(id);
      await stack.admin.query(
        `update push set retry_until = now() - interval '1 second', lease_until = null where webhook_id = $1`,
        [id],
      );
      const dead = await delivery(id, 'DEAD');
      const page = await stack.as(OWNER).run<{ deadDeliveries: { edges: { node: Delivery }[] } }>(DEAD, { first: 10 });
      expect(page.deadDeliveries.edges.find(({ node }) => node.id === dead.id)?.node.reason).toBe('REFUSED');
      expect((await act(REPLAY, { id: dead.id }, 'federal-analyst')).issues?.[0]?.code).toBe('NOT_FOUND');
      broken = false;
      await stack.admin.query('update webhook set paused_until = null where id = $1', [id]);
      expect((await act(REPLAY, { id: dead.id })).delivery?.state).toBe('PENDING');
      expect((await delivery(id, 'DELIVERED')).id).toBe(dead.id);
    });

    test('are made again by another worker where one was killed between sending and booking', async () => {
      const { id } = await added('/killed');
      await released();
      const [sent] = await arrivedAt('/killed');
      await delivery(id, 'DELIVERED');
      // As it stands where the worker died before it could book.
      await stack.admin.query(
        `update push set state = 'PENDING', done_at = null, lease_until = now() - interval '1 second' where webhook_id = $1 and alert_id is not null`,
        [id],
      );
      const again = (await arrivedAt('/killed', 2))[1];
      expect(again?.headers['webhook-id']).toBe(sent?.headers['webhook-id']);
      await delivery(id, 'DELIVERED');
    });
  });

  describe('reach nothing inside', () => {
    test.each([
      ['an address of the loopback in IPv6', 'http://[::1]:9/', 'ADDRESS_FORBIDDEN'],
      ['IPv4 inside IPv6', 'https://[::ffff:10.0.0.1]:9/', 'ADDRESS_FORBIDDEN'],
      ['a private address', 'https://10.1.2.3/', 'ADDRESS_FORBIDDEN'],
      ['the metadata of a cloud', 'http://169.254.169.254/latest/meta-data', 'ADDRESS_FORBIDDEN'],
      ['a private address in other digits', 'https://0x0a010203/', 'ADDRESS_FORBIDDEN'],
      ['a public address without TLS', 'http://8.8.8.8/', 'HTTPS_REQUIRED'],
      ['a name that is private', 'https://private.test/', 'ADDRESS_FORBIDDEN'],
      ['a name that is public and private', 'https://both.test/', 'ADDRESS_FORBIDDEN'],
      ['a name that is public, without TLS', 'http://public.test/', 'ADDRESS_FORBIDDEN'],
      ['a name that is nobody’s', 'https://nobody.test/', 'NAME_NOT_RESOLVED'],
    ])('%s', async (_, url, reason) => {
      names.set('private.test', ['192.168.1.1']);
      names.set('both.test', ['8.8.8.8 10.0.0.1']);
      names.set('public.test', ['8.8.8.8']);
      const { webhook } = await act(ADD, { url });
      const failure = await eventually(
        'the challenge failed',
        async () => (await stored(webhook?.id ?? ''))?.lastFailure ?? null,
      );
      expect(failure).toBe(reason);
    });

    test('a name that is allowed when it is verified and another one later', async () => {
      names.set('rebinds.test', ['127.0.0.1', '10.0.0.1']);
      const { id } = await added('/rebinds', 'rebinds.test');
      await released();
      expect((await failed(id)).attempts[0]).toMatchObject({ status: null, reason: 'ADDRESS_FORBIDDEN' });
      expect(receiver.alertsAt('/rebinds')).toEqual([]);
    });
  });

  test('go to nobody whose seat has gone since, and the books say so', async () => {
    receiver.answer('/seat', (response, received, nth) =>
      nth === 1 ? void response.writeHead(503).end() : TAKEN(response, received, nth),
    );
    const { id } = await added('/seat');
    await released();
    await failed(id);
    await stack.admin.query(`update membership set valid_until = now() where person_id = $1`, [personId(OWNER)]);
    await timePasses(id);
    await eventually('it is withheld', async () =>
      (await stack.count(`from push where webhook_id = $1 and state = 'WITHHELD' and reason = 'KEY_GONE'`, [id])) === 1
        ? true
        : null,
    );
    await stack.admin.query(`update membership set valid_until = null where person_id = $1`, [personId(OWNER)]);
    expect(receiver.alertsAt('/seat').length).toBe(1);
    expect(
      await stack.count(
        `from audit_entry where action = 'alert.push' and canonical like '%REFUSED%' and canonical like '%' || $1 || '%'`,
        [id],
      ),
    ).toBe(1);
  });

  describe('a webhook', () => {
    test('is its owner’s alone', async () => {
      const { id } = await added('/mine');
      expect(await list('federal-analyst')).toEqual([]);
      for (const document of [ROTATE, REMOVE]) {
        const other = await act(document, { id }, 'federal-analyst');
        expect(other).toEqual(await act(document, { id: randomUUID() }, 'federal-analyst'));
        expect(other.issues?.[0]).toMatchObject({ path: 'id', code: 'NOT_FOUND' });
      }
      expect((await stored(id))?.state).toBe('ACTIVE');
      await act(REMOVE, { id });
      expect(await stored(id)).toBeNull();
      expect(await stack.count('from webhook_secret where webhook_id = $1', [id])).toBe(0);
    });

    test.each([
      ['ftp://example.org/', 'INVALID_FORMAT'],
      ['not an address', 'INVALID_FORMAT'],
      ['https://user:secret@example.org/', 'INVALID_FORMAT'],
      ['https://example.org/#part', 'INVALID_FORMAT'],
      [`https://example.org/${'x'.repeat(2_000)}`, 'TOO_LONG'],
    ])('has an address: %s', async (url, code) => {
      const { issues } = await act(ADD, { url });
      expect(issues?.map((issue) => [issue.path, issue.code])).toEqual([['url', code]]);
    });

    test('is one of five at most, however many are added at once', async () => {
      const made = await Promise.all(
        Array.from({ length: 8 }, (_, n) => act(ADD, { url: receiver.url(`/many-${n}`) })),
      );
      expect(made.filter(({ secret }) => secret !== undefined).length).toBe(5);
      expect(made.flatMap(({ issues }) => issues?.map(({ code }) => code) ?? [])).toEqual(
        Array(3).fill('TOO_MANY_ITEMS'),
      );
    });
  });
});

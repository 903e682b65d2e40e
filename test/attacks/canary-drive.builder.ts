import { WebSocket } from 'ws';
import { ACKNOWLEDGE, ALERTS, CREATE_API_KEY, RECORD, RECORDS, REPORT, SUBMIT } from '../flows/documents.js';
import { ACCEPT, INVITE, OPEN_INVITATIONS, WITHDRAW_INVITATION } from '../flows/administration.builder.js';
import { eventually } from '../flows/flow-client.builder.js';
import type { Plants } from './canary-plants.js';
import type { CanaryStack } from './canary-stack.builder.js';

/** What the service said, where it said anything but yes: bodies and headers of answers, frames, close reasons. */
export class Refusals {
  readonly heard: string[] = [];
  readonly codes = new Set<string>();

  hear(text: string): void {
    this.heard.push(text);
    for (const [, code] of text.matchAll(/"code":"([A-Z_]+)"/g)) if (code !== undefined) this.codes.add(code);
  }
}

interface Sent {
  readonly query?: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
}

/** Plays everything that the canaries are planted in. */
export class CanaryDrive {
  readonly refusals = new Refusals();

  constructor(
    private readonly stack: CanaryStack,
    private readonly plants: Plants,
  ) {}

  /** A report that is accepted walks to the alert of an open stream; its owner reads it and the alert is acknowledged. */
  async accept(): Promise<{ reportId: string; recordId: string }> {
    const { stack, plants } = this;
    const [submitter, supervisor, analyst] = await Promise.all([
      stack.as('local-submitter'),
      stack.as('supervisor'),
      stack.as('state-analyst'),
    ]);
    const reader = analyst.with({ purpose: `INVESTIGATION; ref=${plants.ownedIn('1')}` });
    await reader.rule(plants.ownedIn('RULE'));
    const stream = reader.live(null);
    const { reportId, recordId } = await submitter.report(plants.report('ACCEPTED'));
    // Told a second time where the stream was not yet open the first time.
    const { alert } = await Promise.race([
      stream.next(30_000),
      eventually('the alert is there', async () => {
        const [node] = await reader.alerts();
        return node === undefined ? null : { alert: node };
      }),
    ]);
    await reader.run(ACKNOWLEDGE, { id: alert.id, note: plants.ownedIn('NOTE') });
    await reader.run(RECORD, { id: recordId });
    await reader.run(RECORDS, { first: 20 });
    await reader.run(ALERTS, { first: 20 });
    await supervisor.run(REPORT, { id: reportId });
    await stream.close();
    return { reportId, recordId };
  }

  /** An API key is made, used and misused here and there. @returns what of it is secret */
  async useApiKey(): Promise<string> {
    const admin = await this.stack.as('agency-admin');
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const input = { name: 'machine', capabilities: ['SUBMIT'], widestSharing: 'AGENCY', expiresAt };
    const { createApiKey } = await admin.run<{ createApiKey: { secret: string } }>(CREATE_API_KEY, { input });
    const { secret } = createApiKey;
    const init = (authorization: string): string =>
      JSON.stringify({ type: 'connection_init', payload: { authorization } });
    await this.post({ query: SUBMIT, variables: { input: this.plants.report('MACHINE') } }, secret);
    await this.post({ query: '{ me { id } }' }, `${secret}x`);
    await this.post({ query: `{ seizureReport(id: "${secret}") { id } }` }, secret);
    await this.raw('{}', { authorization: `Basic ${Buffer.from(`x:${secret}`).toString('base64')}` });
    await this.socket([init(`Bearer ${secret}x`)]);
    await this.socket([init(`ApiKey ${secret}`)]);
    return secret.slice(-43);
  }

  /** Invitations are made, listed, accepted, withdrawn, and their codes brought where they do not belong. @returns what of them is secret */
  async useInvitations(): Promise<string[]> {
    const [admin, other] = [await this.stack.as('agency-admin'), await this.stack.tokenOf('local-submitter')];
    const codes: string[] = [];
    for (const displayName of ['One', 'Two'])
      codes.push(
        (
          await admin.run<{ invitePerson: { invitation: { code: string } } }>(INVITE, {
            input: { displayName, roles: ['SUPERVISOR'] },
          })
        ).invitePerson.invitation.code,
      );
    const [used = '', open = ''] = codes;
    const { openInvitations } = await admin.run<{ openInvitations: { edges: { node: { id: string } }[] } }>(
      OPEN_INVITATIONS,
    );
    this.refusals.hear(JSON.stringify(openInvitations));
    const accept = (code: string): Promise<void> => this.post({ query: ACCEPT, variables: { code } }, other);
    await accept(used);
    await accept(used);
    await this.post({ query: `mutation { acceptInvitation(code: "${open}x") { __typename } }` }, other);
    await this.post({ query: `mutation { acceptInvitation(code: "${open}) { __typename } }` }, other);
    await this.post({ query: ACCEPT, variables: { code: { text: open } } }, other);
    await this.post({ query: WITHDRAW_INVITATION, variables: { id: open } }, await this.stack.tokenOf('agency-admin'));
    await this.post({ query: '{ me { id } }' }, open);
    await this.post({ query: '{ me { id } }' }, other, { 'concord-purpose': `ANALYSIS; ref=${open} x` });
    await this.socket([JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${open}` } })]);
    return codes.map((code) => code.slice('cci_'.length));
  }

  /** Everything that is turned away, by HTTP. */
  async refuse(): Promise<void> {
    const { plants } = this;
    const at = (place: string): string => plants.in(place);
    const token = await this.stack.tokenOf('local-submitter');
    const query = '{ me { id } }';
    await this.post({ query: SUBMIT, variables: { input: plants.refused() } }, token);
    await this.post({ query: SUBMIT, variables: { input: at('INPUT') } }, token);
    await this.post({ query: SUBMIT, variables: { input: { narrative: { text: at('NESTED') } } } }, token);
    await this.post({ query: SUBMIT, variables: { input: { unheardOf: at('UNKNOWNFIELD') } } }, token);
    await this.post({ query: SUBMIT, variables: { input: { place: { latitude: at('FLOAT') } } } }, token);
    await this.post({ query: SUBMIT, variables: at('VARIABLES') }, token);
    await this.post({ query: RECORDS, variables: { filter: { any: [at('FILTER')] }, first: at('FIRST') } }, token);
    await this.post({ query: RECORDS, variables: { after: at('CURSOR') } }, token);
    await this.post({ query: REPORT, variables: { id: at('ID') } }, token);
    await this.post({ query: `query ${at('NAME')} { me { id } }`, operationName: at('OPERATION') }, token);
    await this.post({ query: `query ${at('NAME')} { seizureReport(id: "${at('LITERAL')}") { id } }` }, token);
    await this.post({ query: `{ alerts(state: ${at('ENUM')}) { edges { cursor } } }` }, token);
    await this.post({ query: `{ alerts(first: "${at('INT')}") { edges { cursor } } }` }, token);
    await this.post({ query: `{ me { id } } "${at('UNTERMINATED')}` }, token);
    await this.post({ query: `{ me { id } } ${at('SYNTAX')} }` }, token);
    await this.post({ query: [at('ARRAY')] }, token);
    await this.raw(`{"query": "${at('MALFORMED')}`, { authorization: `Bearer ${token}` });
    await this.raw(`${at('TEXT')}`, { authorization: `Bearer ${token}`, 'content-type': 'text/plain' });
    await this.raw(`${at('TYPE')}`, { authorization: `Bearer ${token}`, 'content-type': `application/${at('MIME')}` });
    await this.post({ query }, at('TOKEN'));
    await this.raw(JSON.stringify({ query }), {
      authorization: `Basic ${Buffer.from(at('BASIC')).toString('base64')}`,
    });
    await this.post({ query }, token, { 'concord-purpose': `${at('PURPOSE')}; ref=${at('PURPOSEREF')} X` });
    await this.post({ query: RECORDS }, token, {
      'concord-purpose': `ANALYSIS; ref=${at('PURPOSEREF')} ${at('NAME')}`,
    });
    await this.post({ query }, token, { 'concord-agency': at('AGENCY') });
    // Signed in, answered, and with every header and a query string that nobody reads.
    await this.raw(
      JSON.stringify({ query }),
      { authorization: `Bearer ${token}` },
      `?access_token=${at('QUERYSTRING')}`,
    );
    for (const path of [
      `/${at('PATH')}?x=${at('QUERYSTRING')}`,
      `/metrics?x=${at('QUERYSTRING')}`,
      `/personas?${at('QS')}`,
    ])
      await this.get(path);
  }

  /** Sockets that are turned away, and operations on one that is not. */
  async refuseSockets(): Promise<void> {
    const { plants } = this;
    const at = (place: string): string => plants.in(place);
    const authorization = `Bearer ${await this.stack.tokenOf('state-analyst')}`;
    const init = (payload: object): string => JSON.stringify({ type: 'connection_init', payload });
    const subscribe = (payload: object): string => JSON.stringify({ id: '1', type: 'subscribe', payload });
    await this.socket([init({ authorization: at('SOCKETTOKEN'), purpose: at('P'), [at('KEY')]: at('V') })]);
    await this.socket([init({ authorization, purpose: `${at('SOCKETPURPOSE')}; ref=${at('REF')}` })]);
    await this.socket([at('NOTJSON')]);
    await this.socket([JSON.stringify({ type: at('FRAMETYPE') })]);
    const good = init({ authorization });
    await this.socket([
      good,
      subscribe({ query: `subscription ${at('SUB')} { alertRaised(after: "${at('AFTER')}") { cursor } }` }),
    ]);
    await this.socket([good, subscribe({ query: '{ me { id } }', operationName: at('SOCKETOPERATION') })]);
    await this.socket([good, subscribe({ query: `{ me { id } } "${at('SOCKETSYNTAX')}` })]);
    await this.socket([
      good,
      subscribe({
        query: 'query ($first: Int) { alerts(first: $first) { edges { cursor } } }',
        variables: { first: at('SOCKETVAR') },
      }),
    ]);
  }

  /**
   * Faults of ours whose errors are full of content: a constraint that quotes the row, an exception that quotes it in
   * message, detail and hint; in the API, and then in the worker, whose queue keeps what failed.
   */
  async fail(): Promise<void> {
    const { admin } = this.stack;
    const submitter = await this.stack.tokenOf('local-submitter');
    const submit = (reference: string): Promise<void> =>
      this.post({ query: SUBMIT, variables: { input: this.plants.report(reference) } }, submitter);
    await admin.query(
      `alter table seizure_report add constraint breaks check (submitter_reference !~ 'BREAKS') not valid`,
    );
    await submit('BREAKS');
    await admin.query('alter table seizure_report drop constraint breaks');
    await admin.query(`create function shouts() returns trigger language plpgsql security definer as $$
      declare content text := (select string_agg(r::text, ' ') from seizure_report r where not r.synthetic or r.submitter_reference !~ '^SYN');
      begin raise exception 'shouted %', coalesce(content, '') || new::text using detail = new::text, hint = new::text, table = 'seizure_report'; end $$`);
    await admin.query('create trigger shouts before insert on seizure_report for each row execute function shouts()');
    await submit('SHOUTS');
    await admin.query('drop trigger shouts on seizure_report');
    await admin.query('create trigger shouts before insert on alert for each row execute function shouts()');
    await submit('WORKER');
    // Where it was found first, and then in the queue, which keeps why.
    await eventually('a job failed', () => this.stack.printed.split('"job.failed"').length > 2);
    await admin.query('drop trigger shouts on alert');
    await admin.query('drop function shouts');
    await eventually(
      'what failed is done after all',
      async () =>
        (await admin.query('select from outbox where done_at is null and available_at <= now()')).rowCount === 0,
      60_000,
    );
  }

  async post(sent: Sent, token: string, headers: Record<string, string> = {}): Promise<void> {
    await this.raw(JSON.stringify(sent), { authorization: `Bearer ${token}`, ...headers });
  }

  async raw(body: string, headers: Record<string, string>, search = ''): Promise<void> {
    const answer = await fetch(this.stack.url + search, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.plants.headers(), ...headers },
      body,
    });
    await this.#hear(answer);
  }

  async get(path: string): Promise<void> {
    await this.#hear(await fetch(new URL(path, this.stack.url), { headers: this.plants.headers() }));
  }

  /** The owner's own report comes back to the owner and is no refusal. */
  async #hear(answer: Response): Promise<void> {
    const text = await answer.text();
    if (text.includes('"SeizureReportAccepted"')) return;
    this.refusals.hear(`${answer.status} ${JSON.stringify([...answer.headers])} ${text}`);
  }

  socket(frames: readonly string[]): Promise<void> {
    const socket = new WebSocket(this.stack.url.replace('http', 'ws'), 'graphql-transport-ws', {
      headers: this.plants.headers(),
    });
    const [first, ...rest] = frames;
    return new Promise((resolve) => {
      const over = setTimeout(() => socket.terminate(), 3_000);
      socket.on('open', () => socket.send(first ?? ''));
      socket.on('message', (data: Buffer) => {
        const text = data.toString('utf8');
        this.refusals.hear(text);
        if (text.includes('connection_ack')) for (const frame of rest) socket.send(frame);
        else if (/"(error|complete)"/.test(text)) socket.close();
      });
      socket.on('error', (error) => this.refusals.hear(error.message));
      socket.on('close', (code, reason) => {
        clearTimeout(over);
        this.refusals.hear(`closed ${code} ${reason.toString('utf8')}`);
        resolve();
      });
    });
  }
}

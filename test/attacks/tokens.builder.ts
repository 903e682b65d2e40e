import { createLogger, type Logger } from '@concord/platform/logging';
import {
  createHash,
  createHmac,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
  webcrypto,
  type KeyObject,
} from 'node:crypto';
import { request } from 'node:http';
import { Writable } from 'node:stream';
import { WebSocket } from 'ws';
import type { TrustedIssuer } from '../../apps/api/src/api.js';
import { agencyId } from '../../apps/embedded/src/personas.js';
import type { FlowStack } from '../flows/stack.builder.js';

export const AUDIENCE = 'concord';
type Algorithm = 'ES256' | 'RS256';
type Json = Record<string, unknown>;

export const base64url = (text: string | Buffer): string => Buffer.from(text).toString('base64url');
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** An issuer of the test: it can say and sign anything, which libraries for issuers refuse to do. */
export class TokenSmith {
  private constructor(
    readonly issuer: string,
    readonly algorithm: Algorithm,
    readonly privateKey: KeyObject,
    readonly publicKey: KeyObject,
    readonly trusted: TrustedIssuer,
  ) {}

  static async create(issuer: string, algorithm: Algorithm): Promise<TokenSmith> {
    const { privateKey, publicKey } =
      algorithm === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = await webcrypto.subtle.importKey(
      'jwk',
      publicKey.export({ format: 'jwk' }),
      algorithm === 'ES256' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      true,
      ['verify'],
    );
    return new TokenSmith(issuer, algorithm, privateKey, publicKey, {
      ...{ issuer, audience: AUDIENCE, algorithm, key },
      session: null,
    });
  }

  get pem(): string {
    return this.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  }

  /** Of a token that is good for the person `agent`, changed. Undefined leaves a claim out. */
  claims(change: Json = {}): Json {
    const claims = {
      ...{ iss: this.issuer, sub: 'agent', aud: AUDIENCE, jti: randomUUID() },
      ...{ iat: nowSeconds(), exp: nowSeconds() + 600, canary: 'claim-canary-5521' },
    };
    return { ...claims, ...change };
  }

  header(change: Json = {}): Json {
    return { alg: this.algorithm, typ: 'at+jwt', ...change };
  }

  mint(claims: Json = {}, header: Json = {}): string {
    return this.compact(JSON.stringify(this.header(header)), JSON.stringify(this.claims(claims)));
  }

  /** Any two texts, signed with this issuer's key or by whoever else. */
  compact(
    header: string | Buffer,
    payload: string | Buffer,
    signer: (input: string) => Buffer = this.signature,
  ): string {
    const input = `${base64url(header)}.${base64url(payload)}`;
    return `${input}.${signer(input).toString('base64url')}`;
  }

  readonly signature = (input: string): Buffer =>
    sign('sha256', Buffer.from(input), { key: this.privateKey, dsaEncoding: 'ieee-p1363' });

  /** Header and claims of a good token under another header and signature. */
  forged(header: Json, signer: (input: string) => Buffer): string {
    return this.compact(JSON.stringify(this.header(header)), JSON.stringify(this.claims()), signer);
  }
}

export const hmac =
  (secret: string | Buffer) =>
  (input: string): Buffer =>
    createHmac('sha256', secret).update(input).digest();

/** People known by an issuer: one who may come in, and some who may not. */
export async function seedPeople(stack: FlowStack, issuer: string): Promise<void> {
  const { admin } = stack;
  const person = async (subject: string, status = 'ACTIVE'): Promise<string> => {
    const { rows } = await admin.query<{ id: string }>(
      `insert into person (issuer, subject, display_name, status) values ($1, $2, $2, $3) returning id`,
      [issuer, subject, status],
    );
    return rows[0]?.id ?? '';
  };
  const seat = (personId: string, agency: string, until: string | null = null): Promise<unknown> =>
    admin.query(
      `insert into membership (person_id, agency_id, roles, valid_from, valid_until)
       values ($1, $2, '{ANALYST}', now() - interval '2 days', now() + $3::interval)`,
      [personId, agency, until],
    );
  const { rows } = await admin.query<{ id: string }>(
    `insert into agency (ori, name, level, status) values ('CA' || upper(substr(md5(random()::text), 1, 7)), 'Left', 'LOCAL', 'LEFT') returning id`,
  );
  const california = agencyId('california');
  await seat(await person('agent'), california);
  await seat(await person('disabled', 'DISABLED'), california);
  await seat(await person('former'), california, '-1 hour');
  await seat(await person('left'), rows[0]?.id ?? '');
  await person('seatless');
}

/** API keys of one agency: one that lets in, and some that do not. Made as docs/api-keys.md says, by none of our code. */
export async function seedKeys({ admin }: FlowStack): Promise<Readonly<Record<SeededKey, string>>> {
  const keys: Partial<Record<SeededKey, string>> = {};
  for (const [name, change] of Object.entries(SEEDED_KEYS)) {
    const prefix = randomBytes(6).toString('hex');
    const text = `cck_${prefix}_${randomBytes(32).toString('base64url')}`;
    const { rows } = await admin.query<{ id: string }>(
      `insert into person (issuer, subject, display_name, status) values ('urn:concord:service', $1, 'machine', $2) returning id`,
      [name, name === 'disabled' ? 'DISABLED' : 'ACTIVE'],
    );
    const owner = rows[0]?.id;
    await admin.query(
      `insert into membership (person_id, agency_id, roles, valid_from, valid_until)
       values ($1, $2, '{SUBMITTER}', now() - interval '101 days', now() + $3::interval)`,
      [owner, agencyId('california'), name === 'seatless' ? '-1 hour' : null],
    );
    await admin.query(
      `insert into api_key (agency_id, person_id, name, prefix, digest, capabilities, widest_sharing, created_by, created_at, last_used_at, expires_at)
       values ($1, $2, $3, $4, $5, '{SUBMIT}', 'STATE', $2, now() - interval '100 days', now() - interval '1 hour', now() + interval '100 days')`,
      [agencyId('california'), owner, name, prefix, createHash('sha256').update(text).digest()],
    );
    await admin.query(`update api_key set ${change} where prefix = $1`, [prefix]);
    keys[name as SeededKey] = text;
  }
  return keys as Record<SeededKey, string>;
}

const SEEDED_KEYS = {
  good: `networks = '{127.0.0.0/8}'`,
  revoked: 'revoked_at = now(), revoked_by = person_id',
  expired: `expires_at = now() - interval '1 second'`,
  elsewhere: `networks = '{10.0.0.0/8,::1}'`,
  dormant: `last_used_at = now() - interval '91 days'`,
  disabled: 'slot = null',
  seatless: 'slot = null',
} as const;
export type SeededKey = keyof typeof SEEDED_KEYS;

/** The API's log, as it is written. */
export class LogLines {
  readonly #lines: string[] = [];
  readonly logger: Logger;

  constructor() {
    const lines = this.#lines;
    const to = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    this.logger = createLogger({ name: 'tokens', level: 'debug', destination: to });
  }

  get text(): string {
    return this.#lines.join('');
  }

  events(name: string): Record<string, unknown>[] {
    return this.#lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['event'] === name);
  }
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** By hand, so that a header may come twice. */
export function ask(url: string, authorization: string | readonly string[]): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const headers = ['host', new URL(url).host, 'content-type', 'application/json'];
    for (const value of [authorization].flat()) headers.push('authorization', value);
    const outgoing = request(url, { method: 'POST', headers, agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (text: string) => (body += text));
      answer.on('end', () => {
        const { date: _, 'x-request-id': __, ...others } = answer.headers;
        resolve({ status: answer.statusCode ?? 0, headers: others, body });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify({ query: '{ me { displayName } }' }));
  });
}

/** How a socket that says this in connection_init ends, or that it was let in. */
export function knock(url: string, authorization: unknown): Promise<{ code: number; reason: string; said: string[] }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
    const said: string[] = [];
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } })));
    socket.on('message', (data: Buffer) => {
      said.push(data.toString());
      socket.close(1000, 'let in');
    });
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString(), said }));
    socket.on('error', reject);
  });
}

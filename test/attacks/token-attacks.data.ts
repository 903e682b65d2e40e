import { createHash, generateKeyPairSync, sign, constants } from 'node:crypto';
import type { RefusalReason } from '../../apps/api/src/sign-in/refused-tokens.js';
import { base64url, hmac, type SeededKey, type TokenSmith } from './tokens.builder.js';

/** What attacks are made of. */
export interface AttackWorld {
  /** Signs with ES256. */
  readonly ec: TokenSmith;
  readonly rsa: TokenSmith;
  /** Has keys, and nobody's trust; calls itself as `ec` does. */
  readonly stranger: TokenSmith;
  /** A server that a header may point at. */
  readonly lure: string;
  readonly personaIssuer: string;
  /** Texts of API keys. */
  readonly keys: Readonly<Record<SeededKey, string>>;
}

/** Name, what the log calls it, and the value of the header `authorization` (of both, where it comes twice). */
export type Attack = readonly [string, RefusalReason, (world: AttackWorld) => string | string[]];

const bearer = (token: string): string => `Bearer ${token}`;
const later = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
const NOTHING = (): Buffer => Buffer.from('x');
type Make = (world: AttackWorld) => string;
const rows = (list: readonly (readonly [string, RefusalReason, Make])[]): Attack[] =>
  list.map(([name, reason, make]) => [name, reason, (world) => bearer(make(world))]);

const claim =
  (change: Record<string, unknown>): Make =>
  ({ ec }) =>
    ec.mint(change);
/** Made when it is sent, and not when this table is read. */
const timed =
  (change: () => Record<string, unknown>): Make =>
  ({ ec }) =>
    ec.mint(change());
const header =
  (change: Record<string, unknown>): Make =>
  ({ ec }) =>
    ec.mint({}, change);
/** A good header and good claims but for this, by a key that is not the issuer's. */
const byStranger =
  (change: Record<string, unknown>): Make =>
  ({ ec, stranger }) =>
    ec.forged(change, stranger.signature);

const algorithms = rows([
  ...['none', 'None', 'NONE', 'nOnE', 'none ', ''].map(
    (alg) =>
      [
        `alg ${JSON.stringify(alg)}`,
        alg === '' ? 'MALFORMED' : 'ALGORITHM',
        ({ ec }: AttackWorld) => ec.forged({ alg }, NOTHING),
      ] as const,
  ),
  ['alg none without a signature', 'MALFORMED', ({ ec }) => ec.forged({ alg: 'none' }, () => Buffer.alloc(0))],
  ['no alg', 'MALFORMED', ({ ec }) => ec.forged({ alg: undefined }, ec.signature)],
  ['alg a list', 'MALFORMED', ({ ec }) => ec.forged({ alg: ['ES256'] }, ec.signature)],
  ['ES256 without a signature', 'MALFORMED', ({ ec }) => ec.forged({}, () => Buffer.alloc(0))],
  ['a signature of zeros', 'SIGNATURE', ({ ec }) => ec.forged({}, () => Buffer.alloc(64))],
  [
    'a signature in DER',
    'SIGNATURE',
    ({ ec }) => ec.forged({}, (input) => sign('sha256', Buffer.from(input), ec.privateKey)),
  ],
  ['HS256 with the public key as PEM', 'ALGORITHM', ({ ec }) => ec.forged({ alg: 'HS256' }, hmac(ec.pem))],
  ['HS256 with the trimmed PEM', 'ALGORITHM', ({ ec }) => ec.forged({ alg: 'HS256' }, hmac(ec.pem.trim()))],
  ['HS256 with the RSA key as PEM', 'ALGORITHM', ({ rsa }) => rsa.forged({ alg: 'HS256' }, hmac(rsa.pem))],
  [
    'HS256 with the public key as JWK',
    'ALGORITHM',
    ({ ec }) => ec.forged({ alg: 'HS256' }, hmac(JSON.stringify(ec.publicKey.export({ format: 'jwk' })))),
  ],
  [
    'HS256 with the public key as DER',
    'ALGORITHM',
    ({ ec }) => ec.forged({ alg: 'HS256' }, hmac(ec.publicKey.export({ format: 'der', type: 'spki' }))),
  ],
  ['HS256 with an empty key', 'ALGORITHM', ({ ec }) => ec.forged({ alg: 'HS256', kid: '/dev/null' }, hmac(''))],
  ['ES256 of another key', 'SIGNATURE', byStranger({})],
  [
    'ES384',
    'ALGORITHM',
    ({ ec }) => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
      return ec.forged({ alg: 'ES384' }, (input) =>
        sign('sha384', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }),
      );
    },
  ],
  [
    "PS256 with the RSA issuer's own key",
    'ALGORITHM',
    ({ rsa }) =>
      rsa.forged({ alg: 'PS256' }, (input) =>
        sign('sha256', Buffer.from(input), {
          key: rsa.privateKey,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: 32,
        }),
      ),
  ],
  [
    "RS512 with the RSA issuer's own key",
    'ALGORITHM',
    ({ rsa }) => rsa.forged({ alg: 'RS512' }, (input) => sign('sha512', Buffer.from(input), rsa.privateKey)),
  ],
  ["one issuer's name, another's key", 'ALGORITHM', ({ ec, rsa }) => ec.mint({ iss: rsa.issuer })],
  ["the personas' name, another's key", 'SIGNATURE', ({ ec, personaIssuer }) => ec.mint({ iss: personaIssuer })],
]);

const headers = rows([
  ...['../../../../dev/null', "x' union select 'k' -- ", '/proc/self/environ', '| id', 'http://127.0.0.1/k'].map(
    (kid) => [`kid ${kid}`, 'SIGNATURE', byStranger({ kid })] as const,
  ),
  ['kid a list', 'SIGNATURE', byStranger({ kid: ['a'] })],
  ['jku', 'SIGNATURE', ({ ec, stranger, lure }) => ec.forged({ jku: `${lure}/jku` }, stranger.signature)],
  ['x5u', 'SIGNATURE', ({ ec, stranger, lure }) => ec.forged({ x5u: `${lure}/x5u` }, stranger.signature)],
  [
    'x5c',
    'SIGNATURE',
    ({ ec, stranger }) =>
      ec.forged(
        { x5c: [stranger.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')] },
        stranger.signature,
      ),
  ],
  [
    'jwk of the forger',
    'SIGNATURE',
    ({ ec, stranger }) => ec.forged({ jwk: stranger.publicKey.export({ format: 'jwk' }) }, stranger.signature),
  ],
  ['crit of what is unknown', 'MALFORMED', header({ crit: ['x'], x: 1 })],
  ['crit of exp', 'MALFORMED', header({ crit: ['exp'], exp: 1 })],
  ['crit empty', 'MALFORMED', header({ crit: [] })],
  ['b64 false', 'MALFORMED', header({ b64: false, crit: ['b64'] })],
  ['typ JWT', 'TYPE', header({ typ: 'JWT' })],
  ['typ of an ID token', 'TYPE', header({ typ: 'id+jwt' })],
  ['typ application/jwt', 'TYPE', header({ typ: 'application/jwt' })],
  ['typ with a space', 'TYPE', header({ typ: 'at+jwt ' })],
  ['typ a list', 'TYPE', header({ typ: ['at+jwt'] })],
  ['no typ', 'TYPE', header({ typ: undefined })],
  [
    'alg twice, none last',
    'ALGORITHM',
    ({ ec }) => ec.compact('{"alg":"ES256","typ":"at+jwt","alg":"none"}', JSON.stringify(ec.claims())),
  ],
  ['a header that is no JSON', 'MALFORMED', ({ ec }) => ec.compact('{alg}', JSON.stringify(ec.claims()))],
]);

const claims = rows([
  ['another audience', 'AUDIENCE', claim({ aud: 'another-service' })],
  ['several other audiences', 'AUDIENCE', claim({ aud: ['a', 'b'] })],
  ['our audience among others', 'AUDIENCE', claim({ aud: ['another-service', 'concord'] })],
  ['audiences none', 'AUDIENCE', claim({ aud: [] })],
  ['audience in a list of lists', 'AUDIENCE', claim({ aud: [['concord']] })],
  ['audience with a space', 'AUDIENCE', claim({ aud: 'concord ' })],
  ['audience in capitals', 'AUDIENCE', claim({ aud: 'CONCORD' })],
  ['audience missing', 'CLAIM_MISSING', claim({ aud: undefined })],
  ['another issuer', 'ISSUER_UNKNOWN', claim({ iss: 'https://evil.test' })],
  ['the issuer with a slash', 'ISSUER_UNKNOWN', ({ ec }) => ec.mint({ iss: `${ec.issuer}/` })],
  ['the issuer in capitals', 'ISSUER_UNKNOWN', ({ ec }) => ec.mint({ iss: ec.issuer.toUpperCase() })],
  ['the issuer in a list', 'ISSUER_UNKNOWN', ({ ec }) => ec.mint({ iss: [ec.issuer] })],
  ['no issuer', 'ISSUER_UNKNOWN', claim({ iss: undefined })],
  ['expired', 'EXPIRED', timed(() => ({ exp: later(-31) }))],
  ['expired in 1970', 'EXPIRED', claim({ exp: 1 })],
  ['issued too long ago', 'TOO_OLD', timed(() => ({ iat: later(-86_500), exp: later(86_400) }))],
  ['issued in 1970 for ever', 'TOO_OLD', claim({ iat: 0, exp: 4_102_444_800 })],
  ['issued in the future', 'FROM_THE_FUTURE', timed(() => ({ iat: later(60), exp: later(600) }))],
  ['not before a minute from now', 'FROM_THE_FUTURE', timed(() => ({ nbf: later(60) }))],
  ...['sub', 'jti', 'exp', 'iat'].map(
    (missing) => [`${missing} missing`, 'CLAIM_MISSING', claim({ [missing]: undefined })] as const,
  ),
  ...['exp', 'iat', 'nbf'].map(
    (text) => [`${text} in a string`, 'CLAIM_INVALID', timed(() => ({ [text]: String(later(0)) }))] as const,
  ),
  ['exp null', 'CLAIM_INVALID', claim({ exp: null })],
  ['exp true', 'CLAIM_INVALID', claim({ exp: true })],
  ['sub a number', 'CLAIM_INVALID', claim({ sub: 1 })],
  ['sub a list', 'CLAIM_INVALID', claim({ sub: ['agent'] })],
  ['sub an object', 'CLAIM_INVALID', claim({ sub: { toString: 'agent' } })],
  ['sub empty', 'CLAIM_INVALID', claim({ sub: '' })],
  ['sub with NUL', 'CLAIM_INVALID', claim({ sub: 'agent\u0000' })],
  ['sub with half a character', 'CLAIM_INVALID', claim({ sub: 'agent\ud800' })],
  ['sub endless', 'CLAIM_INVALID', claim({ sub: 'agent'.repeat(60) })],
  ['jti a number', 'CLAIM_INVALID', claim({ jti: 7 })],
  ['jti empty', 'CLAIM_INVALID', claim({ jti: '' })],
  ['jti with NUL', 'CLAIM_INVALID', claim({ jti: 'a\u0000b' })],
  [
    'sub in the prototype',
    'CLAIM_MISSING',
    ({ ec }) => {
      const { sub: _, ...others } = ec.claims();
      return ec.compact(JSON.stringify(ec.header()), `{"__proto__":{"sub":"agent"},${JSON.stringify(others).slice(1)}`);
    },
  ],
  [
    'sub twice, a stranger last',
    'SUBJECT_UNKNOWN',
    ({ ec }) => ec.compact(JSON.stringify(ec.header()), `${JSON.stringify(ec.claims()).slice(0, -1)},"sub":"nobody"}`),
  ],
]);

const shapes = rows([
  [
    'a JWE',
    'MALFORMED',
    () =>
      [`{"alg":"dir","enc":"A256GCM","typ":"at+jwt"}`, 'k', 'iv', 'text', 'tag']
        .map((part) => base64url(part))
        .join('.'),
  ],
  ['a JWT in a JWT', 'MALFORMED', ({ ec }) => ec.compact(JSON.stringify(ec.header({ cty: 'JWT' })), ec.mint())],
  [
    'the JSON serialization',
    'MALFORMED',
    ({ ec }) => {
      const [head = '', payload = '', signature = ''] = ec.mint().split('.');
      return JSON.stringify({ protected: head, payload, signature });
    },
  ],
  ...(['[]', 'null', '"agent"', '1', '{'] as const).map(
    (text) =>
      [
        `claims ${JSON.stringify(text)}`,
        'MALFORMED',
        ({ ec }: AttackWorld) => ec.compact(JSON.stringify(ec.header()), text),
      ] as const,
  ),
  [
    'claims that are no UTF-8',
    'MALFORMED',
    ({ ec }) => ec.compact(JSON.stringify(ec.header()), Buffer.from([0x7b, 0xff, 0x7d])),
  ],
  ['padding', 'MALFORMED', ({ ec }) => `${ec.mint()}==`],
  [
    'base64 in its other alphabet',
    'MALFORMED',
    ({ ec }) => {
      // Signed again until there is a character to write otherwise.
      for (;;) {
        const token = ec.mint();
        const other = token.replaceAll('-', '+').replaceAll('_', '/');
        if (other !== token) return other;
      }
    },
  ],
  ['a fourth part', 'MALFORMED', ({ ec }) => `${ec.mint()}.x`],
  ['a dot in front', 'MALFORMED', ({ ec }) => `.${ec.mint()}`],
  [
    'a byte of the claims changed',
    'SIGNATURE',
    ({ ec }) => {
      const [head = '', payload = '', signature = ''] = ec.mint().split('.');
      return `${head}.${base64url(Buffer.from(payload, 'base64url').toString().replace('agent', 'Agent'))}.${signature}`;
    },
  ],
  ['a huge token', 'TOO_LONG', ({ ec }) => ec.mint({ more: 'x'.repeat(9_000) })],
  ['claims after a byte order mark', 'ISSUER_UNKNOWN', ({ ec }) => ec.compact(JSON.stringify(ec.header()), '\ufeff{}')],
  ['a token that is a digest', 'MALFORMED', () => createHash('sha256').update('x').digest('hex')],
]);

const people = rows([
  ['of an unknown subject', 'SUBJECT_UNKNOWN', claim({ sub: 'nobody' })],
  ['of a subject in look-alike letters', 'SUBJECT_UNKNOWN', claim({ sub: 'аgent' })],
  ['of a subject in capitals', 'SUBJECT_UNKNOWN', claim({ sub: 'AGENT' })],
  ['of a subject with a quote', 'SUBJECT_UNKNOWN', claim({ sub: "agent' or '1'='1" })],
  ["of another issuer's subject", 'SUBJECT_UNKNOWN', claim({ sub: 'state-analyst' })],
  ['of a disabled person', 'PERSON_DISABLED', claim({ sub: 'disabled' })],
  ['of a person without a seat', 'NO_SEAT', claim({ sub: 'seatless' })],
  ['of a person whose membership is over', 'NO_SEAT', claim({ sub: 'former' })],
  ['of a person whose agency has left', 'NO_SEAT', claim({ sub: 'left' })],
]);

const key =
  (change: (text: string) => string): Make =>
  ({ keys }) =>
    change(keys.good);
/** `cck_`, twelve digits and a line come before the random part. */
const RANDOM_AT = 17;
const other = (character: string): string => (character === 'A' ? 'B' : 'A');

const apiKeys = rows([
  ['that was revoked', 'API_KEY_REVOKED', ({ keys }) => keys.revoked],
  ['that has ended', 'API_KEY_EXPIRED', ({ keys }) => keys.expired],
  ['from another network', 'API_KEY_NETWORK', ({ keys }) => keys.elsewhere],
  ['that nobody used for ninety days', 'API_KEY_DORMANT', ({ keys }) => keys.dormant],
  ['of a disabled person', 'PERSON_DISABLED', ({ keys }) => keys.disabled],
  ['of a person without a seat', 'NO_SEAT', ({ keys }) => keys.seatless],
  [
    'with its first random character changed',
    'API_KEY_UNKNOWN',
    key((text) => text.slice(0, RANDOM_AT) + other(text[RANDOM_AT] ?? '') + text.slice(RANDOM_AT + 1)),
  ],
  ['with its last character changed', 'API_KEY_UNKNOWN', key((text) => text.slice(0, -1) + other(text.at(-1) ?? ''))],
  // The same 32 bytes to a decoder that forgives: the last character has two bits too many.
  [
    'in another form of the same bytes',
    'API_KEY_UNKNOWN',
    key((text) => {
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      return text.slice(0, -1) + (alphabet[alphabet.indexOf(text.at(-1) ?? '') ^ 1] ?? '');
    }),
  ],
  [
    "under another key's prefix",
    'API_KEY_UNKNOWN',
    ({ keys }) => keys.revoked.slice(0, RANDOM_AT) + keys.good.slice(RANDOM_AT),
  ],
  ['under a prefix of nobody', 'API_KEY_UNKNOWN', key((text) => `cck_000000000000_${text.slice(RANDOM_AT)}`)],
  ['made up', 'API_KEY_UNKNOWN', () => `cck_0123456789ab_${'A'.repeat(43)}`],
  ['a character short', 'API_KEY_MALFORMED', key((text) => text.slice(0, -1))],
  ['a character long', 'API_KEY_MALFORMED', key((text) => `${text}A`)],
  ['with padding', 'API_KEY_MALFORMED', key((text) => `${text}=`)],
  ['without its random part', 'API_KEY_MALFORMED', key((text) => text.slice(0, RANDOM_AT))],
  ['the mark alone', 'API_KEY_MALFORMED', () => 'cck_'],
  ['the mark in capitals', 'MALFORMED', key((text) => `CCK_${text.slice(4)}`)],
  ['with a prefix in capitals', 'API_KEY_MALFORMED', key((text) => `cck_ABCDEF000000_${text.slice(RANDOM_AT)}`)],
  [
    'its digest in its place',
    'API_KEY_MALFORMED',
    key((text) => `cck_${createHash('sha256').update(text).digest('hex')}`),
  ],
  ['with a quote', 'API_KEY_MALFORMED', key((text) => `${text.slice(0, -8)}'or'1'='`)],
  ['with a wildcard', 'API_KEY_MALFORMED', key((text) => `${text.slice(0, RANDOM_AT)}%`)],
  ['with NUL written out', 'API_KEY_MALFORMED', key((text) => `${text}%00`)],
  ['endless', 'API_KEY_MALFORMED', key((text) => text + 'A'.repeat(6_000))],
  ['in a token', 'MALFORMED', key((text) => `x.${text}.x`)],
  ['as the signature of a token', 'API_KEY_MALFORMED', ({ keys, ec }) => `${keys.good}.${ec.mint()}`],
]);

const schemes: Attack[] = [
  ['another scheme', 'NOT_BEARER', ({ ec }) => `Basic ${ec.mint()}`],
  ['no scheme', 'NOT_BEARER', ({ ec }) => ec.mint()],
  ['a scheme alone', 'NOT_BEARER', () => 'Bearer'],
  ['no space', 'NOT_BEARER', ({ ec }) => `Bearer${ec.mint()}`],
  ['two spaces', 'NOT_BEARER', ({ ec }) => `Bearer  ${ec.mint()}`],
  ['a tab', 'NOT_BEARER', ({ ec }) => `Bearer\t${ec.mint()}`],
  ['a space in the token', 'NOT_BEARER', ({ ec }) => `Bearer ${ec.mint().replace('.', '. ')}`],
  ['an API key as a scheme of its own', 'NOT_BEARER', ({ keys }) => `ApiKey ${keys.good}`],
  ['an API key as a password', 'NOT_BEARER', ({ keys }) => `Basic ${base64url(`x:${keys.good}`)}`],
  ['two tokens in one header', 'NOT_BEARER', ({ ec }) => `Bearer ${ec.mint()}, Bearer ${ec.mint()}`],
];

/** What a header and connection_init can both carry. */
export const ATTACKS: Readonly<Record<string, readonly Attack[]>> = {
  algorithms,
  headers,
  claims,
  shapes,
  people,
  apiKeys,
  schemes,
};

/** What only a header can. */
export const HEADER_ATTACKS: readonly Attack[] = [
  ['the header twice, good and good', 'SEVERAL_TOKENS', ({ ec }) => [bearer(ec.mint()), bearer(ec.mint())]],
  ['the header twice, good and bad', 'SEVERAL_TOKENS', ({ ec }) => [bearer(ec.mint()), 'Bearer x']],
  ['the header empty', 'NO_TOKEN', () => ''],
];

/** What only JSON can. */
export const SOCKET_ATTACKS: readonly (readonly [string, RefusalReason, (world: AttackWorld) => unknown])[] = [
  ['a line break at the end', 'NOT_BEARER', ({ ec }) => `Bearer ${ec.mint()}\n`],
  ['a wide space', 'NOT_BEARER', ({ ec }) => `Bearer\u3000${ec.mint()}`],
  ['full-width letters', 'NOT_BEARER', ({ ec }) => `Ｂｅａｒｅｒ ${ec.mint()}`],
  ['a soft hyphen in the token', 'MALFORMED', ({ ec }) => `Bearer ${ec.mint().replace('.', '\u00ad.')}`],
  // A larger message of a stranger is not even read: 1009 (docs/live.md).
  ['eleven kilobytes', 'TOO_LONG', ({ ec }) => `Bearer ${ec.mint({ more: 'x'.repeat(8_000) })}`],
  ['a number', 'NO_TOKEN', () => 7],
  ['a list', 'NO_TOKEN', ({ ec }) => [`Bearer ${ec.mint()}`]],
  ['nothing', 'NO_TOKEN', () => undefined],
];

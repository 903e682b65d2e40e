import { LONGEST_TOKEN_AGE_DAYS } from '@concord/access';
import { z } from 'zod';
import { LONGEST_IDLE_SECONDS, LONGEST_SESSION_SECONDS } from './sign-in/session-rules.js';
import { TOKEN_ALGORITHMS, type TokenAlgorithm } from './sign-in/token-verifier.js';

/** One entry of CONCORD_ISSUERS: an issuer by which an agency's people sign in. docs/sign-in.md. */
export interface IssuerConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly TokenAlgorithm[];
  readonly jwksUri: URL;
  readonly maxTokenAgeSeconds: number;
  readonly secondFactor: { readonly acr: readonly string[]; readonly amr: readonly string[] };
  readonly reauthenticateAfterSeconds: number;
  readonly idleSeconds: number;
}

const DAY_SECONDS = 86_400;
/** Methods that are one factor alone, or none (RFC 8176): they cannot say that there was a second one. */
const FIRST_FACTORS = ['pwd', 'pin', 'kba', 'user', 'geo', 'rba', 'wia'];
const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];

const name = z
  .string()
  .min(1)
  .max(255)
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  .refine((text) => text.isWellFormed() && !/[\u0000-\u0020\u007f]/.test(text), 'no spaces and no control characters');
const values = z.array(name).max(20).default([]);

const jwksUri = z
  .string()
  .refine((text) => isSafeUrl(text), 'an https URL (http on loopback only), without user and password')
  .transform((text) => new URL(text));

const entry = z.strictObject({
  issuer: name.refine((text) => !text.startsWith('urn:concord:'), 'urn:concord: is for issuers within Concord'),
  audience: name,
  algorithms: z
    .array(z.enum(TOKEN_ALGORITHMS))
    .min(1)
    .refine((list) => new Set(list).size === list.length, 'each once'),
  jwksUri,
  maxTokenAgeSeconds: z
    .number()
    .int()
    .min(60)
    .max(LONGEST_TOKEN_AGE_DAYS * DAY_SECONDS)
    .default(DAY_SECONDS),
  secondFactor: z
    .strictObject({
      acr: values,
      amr: values.refine(
        (list) => !list.some((method) => FIRST_FACTORS.includes(method)),
        `${FIRST_FACTORS.join(', ')} say nothing of a second factor`,
      ),
    })
    .refine(({ acr, amr }) => acr.length + amr.length > 0, 'name at least one value of acr or amr'),
  reauthenticateAfterSeconds: z.number().int().min(60).max(LONGEST_SESSION_SECONDS).default(LONGEST_SESSION_SECONDS),
  idleSeconds: z.number().int().min(120).max(LONGEST_IDLE_SECONDS).default(LONGEST_IDLE_SECONDS),
});

const list = z
  .array(entry)
  .min(1)
  .refine((issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length, 'each issuer once');

/** Every fault of the list at once, or the list. @param text JSON */
export function readIssuers(
  text: string,
): { readonly issuers: readonly IssuerConfig[] } | { readonly problems: readonly string[] } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problems: ['is not JSON'] };
  }
  const parsed = list.safeParse(json);
  if (parsed.success) return { issuers: parsed.data };
  return { problems: parsed.error.issues.map(({ path, message }) => `${placeOf(path)}${message}`) };
}

const placeOf = (path: readonly PropertyKey[]): string =>
  path.length === 0
    ? ''
    : `${path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')}: `;

function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username !== '' || password !== '' || hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
}

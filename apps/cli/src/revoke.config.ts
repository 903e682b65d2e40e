import { isId } from '@concord/platform/ids';
import { readOptions, UsageError } from './command.js';
import { readTarget, TARGET_OPTIONS, type DatabaseTarget } from './database-target.js';

/** What is taken back. */
export type RevokeTarget =
  | { readonly kind: 'token'; readonly issuer: string; readonly tokenId: string; readonly reason: string | null }
  | { readonly kind: 'person'; readonly personId: string }
  | { readonly kind: 'api-key'; readonly keyId: string };

export interface RevokeConfig {
  readonly target: RevokeTarget;
  readonly database: DatabaseTarget;
  readonly json: boolean;
}

export const REVOKE_OPTIONS = {
  'token-id': { type: 'string' },
  issuer: { type: 'string' },
  reason: { type: 'string' },
  person: { type: 'string' },
  'api-key': { type: 'string' },
  json: { type: 'boolean' },
  ...TARGET_OPTIONS,
} as const;

/** Which database: as `npm start` chooses it, with the option before the environment. @throws UsageError */
export function readRevokeConfig(args: readonly string[], env: NodeJS.ProcessEnv): RevokeConfig {
  const values = parsed(args);
  return { target: targetOf(values), database: readTarget(values, env), json: values.json ?? false };
}

type Values = ReturnType<typeof parsed>;

function targetOf(values: Values): RevokeTarget {
  const { 'token-id': tokenId, issuer, person, reason, 'api-key': key } = values;
  const named = [person, key, tokenId ?? issuer ?? reason].filter((one) => one !== undefined);
  if (named.length > 1)
    throw new UsageError('revoke takes --token-id with --issuer, or --person alone, or --api-key alone.');
  if (key !== undefined) {
    if (!isId(key)) throw new UsageError('--api-key is the id of a key: a UUID, as `apiKeys { id }` answers it.');
    return { kind: 'api-key', keyId: key };
  }
  if (person !== undefined) {
    if (!isId(person)) throw new UsageError('--person is the id of a person: a UUID, as `me { id }` answers it.');
    return { kind: 'person', personId: person };
  }
  if (tokenId === undefined || issuer === undefined)
    throw new UsageError('Revoke what? Give --token-id and --issuer, or --person, or --api-key.');
  for (const [option, text] of [
    ['--token-id', tokenId],
    ['--issuer', issuer],
  ] as const)
    if (!isPlain(text, 255)) throw new UsageError(`${option} has 1 to 255 characters, and no control characters.`);
  if (reason !== undefined && !isPlain(reason, 200))
    throw new UsageError('--reason has 1 to 200 characters, and no control characters.');
  return { kind: 'token', tokenId, issuer, reason: reason ?? null };
}

const isPlain = (text: string, most: number): boolean =>
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  text.length > 0 && text.length <= most && text.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(text);

const parsed = (args: readonly string[]) => readOptions(args, REVOKE_OPTIONS);

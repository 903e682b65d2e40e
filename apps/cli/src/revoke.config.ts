import { isId } from '@concord/platform/ids';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from './config.js';

/** What is taken back. */
export type RevokeTarget =
  | { readonly kind: 'token'; readonly issuer: string; readonly tokenId: string; readonly reason: string | null }
  | { readonly kind: 'person'; readonly personId: string };

export interface RevokeConfig {
  readonly target: RevokeTarget;
  readonly database:
    { readonly kind: 'url'; readonly url: string } | { readonly kind: 'data'; readonly dataDir: string };
  readonly json: boolean;
}

/** Which database: as `npm start` chooses it, with the option before the environment. @throws UsageError */
export function readRevokeConfig(args: readonly string[], env: NodeJS.ProcessEnv = process.env): RevokeConfig {
  const values = parsed(args);
  return { target: targetOf(values), database: databaseOf(values, env), json: values.json ?? false };
}

type Values = ReturnType<typeof parsed>;

function targetOf(values: Values): RevokeTarget {
  const { 'token-id': tokenId, issuer, person, reason } = values;
  if (person !== undefined && (tokenId ?? issuer ?? reason) !== undefined)
    throw new UsageError('revoke takes --token-id with --issuer, or --person alone.');
  if (person !== undefined) {
    if (!isId(person)) throw new UsageError('--person is the id of a person: a UUID, as `me { id }` answers it.');
    return { kind: 'person', personId: person };
  }
  if (tokenId === undefined || issuer === undefined)
    throw new UsageError('Revoke what? Give --token-id and --issuer, or --person.');
  for (const [option, text] of [
    ['--token-id', tokenId],
    ['--issuer', issuer],
  ] as const)
    if (!isPlain(text, 255)) throw new UsageError(`${option} has 1 to 255 characters, and no control characters.`);
  if (reason !== undefined && !isPlain(reason, 200))
    throw new UsageError('--reason has 1 to 200 characters, and no control characters.');
  return { kind: 'token', tokenId, issuer, reason: reason ?? null };
}

function databaseOf(values: Values, env: NodeJS.ProcessEnv): RevokeConfig['database'] {
  if (values.data !== undefined && values['database-url'] !== undefined)
    throw new UsageError('Give --data or --database-url, not both.');
  if (values.data !== undefined && values.data.trim() === '')
    throw new UsageError('--data is empty: name a directory.');
  if (values.data !== undefined) return { kind: 'data', dataDir: resolve(values.data) };
  const url = values['database-url'] || env['DATABASE_URL'];
  return url ? { kind: 'url', url } : { kind: 'data', dataDir: resolve(env['CONCORD_DATA_DIR'] || '.concord') };
}

const isPlain = (text: string, most: number): boolean =>
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  text.length > 0 && text.length <= most && text.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(text);

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'token-id': { type: 'string' },
        issuer: { type: 'string' },
        reason: { type: 'string' },
        person: { type: 'string' },
        data: { type: 'string' },
        'database-url': { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

import { createConcordClient, type ConcordClient, type Identity } from '@concord/client';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError, type Terminal } from './command.js';

/** Of commands that are clients of a running API. */
export const API_OPTIONS = {
  agency: { type: 'string' },
  'time-zone': { type: 'string' },
  url: { type: 'string' },
  'token-file': { type: 'string' },
  data: { type: 'string' },
  as: { type: 'string' },
} as const;
export type ApiOptions = Readonly<Partial<Record<keyof typeof API_OPTIONS, string | undefined>>>;

/** @throws UsageError where nobody is named */
export async function openClient(options: ApiOptions, terminal: Terminal): Promise<ConcordClient> {
  const url = options.url ?? terminal.env['CONCORD_URL'] ?? 'http://127.0.0.1:4000';
  if (!URL.canParse(url)) throw new UsageError('--url is an address such as http://127.0.0.1:4000.');
  const agency = options.agency === undefined ? {} : { agency: options.agency };
  const identity: Identity = { ...agency, tokenProvider: await readToken(options, terminal) };
  return createConcordClient({ url, ...identity });
}

/**
 * That of this machine, unless it stands on UTC as servers do: then times without an offset are asked about instead of
 * being hours off.
 */
export function timeZoneOf(options: ApiOptions): string | null {
  if (options['time-zone'] !== undefined) return options['time-zone'];
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return /^(UTC|GMT|Etc\/.*)$/.test(own) ? null : own;
}

/** Asked before every request, so that a token may change. @throws UsageError where nobody is named */
async function readToken(options: ApiOptions, { env }: Terminal): Promise<() => string | Promise<string>> {
  const { 'token-file': file, as: persona } = options;
  if (file !== undefined) {
    await readFile(file, 'utf8').catch(() => {
      throw new UsageError('--token-file cannot be read.');
    });
    return async () => (await readFile(file, 'utf8')).trim();
  }
  if (persona !== undefined) {
    const directory = resolve(options.data ?? env['CONCORD_DATA_DIR'] ?? '.concord');
    const tokenOf = async (): Promise<string> => {
      const text = await readFile(join(directory, 'personas.json'), 'utf8').catch(() => {
        throw new UsageError(`There are no personas in ${directory}: is npm start running on it?`);
      });
      const token = (JSON.parse(text) as Readonly<Record<string, { token?: string } | undefined>>)[persona]?.token;
      if (token === undefined) throw new UsageError('There is no persona of this name.');
      return token;
    };
    await tokenOf();
    return tokenOf;
  }
  const token = env['CONCORD_TOKEN']?.trim();
  if (!token) throw new UsageError('Who? Give CONCORD_TOKEN, --token-file, or --as PERSONA of a running npm start.');
  return () => token;
}

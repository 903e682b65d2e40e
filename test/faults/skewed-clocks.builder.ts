import { importJWK, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PERSONA_AUDIENCE } from '../../apps/embedded/src/persona-tokens.js';
import type { PersonaName } from '../../apps/embedded/src/personas.js';
import type { Fleet } from './harness/fleet.builder.js';

/** libfaketime (Debian: faketime), or null where it is not installed. */
export function locateFakeTime(): string | null {
  const folders = readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'faketime'));
  return folders.map((folder) => join(folder, 'libfaketime.so.1')).find((path) => existsSync(path)) ?? null;
}

/** The environment of a process whose wall clock is off by what a file says; its steady clock is not touched. */
export function clockOf(library: string, file: string): NodeJS.ProcessEnv {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}

/** @param offset as libfaketime reads it: `+1h`, `-3d` */
export const setClock = (file: string, offset: string): Promise<void> => writeFile(file, `${offset}\n`);

/** A token of a persona that is valid from and until so many seconds from now, by the true clock. */
export async function tokenOf(fleet: Fleet, persona: PersonaName, from: number, until: number): Promise<string> {
  const { issuer, key } = JSON.parse(await readFile(join(fleet.folder, 'persona-key.json'), 'utf8')) as {
    issuer: string;
    key: { kid: string };
  };
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid })
    .setIssuer(issuer)
    .setSubject(persona)
    .setAudience(PERSONA_AUDIENCE)
    .setIssuedAt(now + from)
    .setExpirationTime(now + until)
    .setJti(randomUUID())
    .sign(await importJWK({ ...key, alg: 'ES256' }, 'ES256'));
}

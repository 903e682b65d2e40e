import type { KeyHolder } from '@concord/blinding';
import { newId } from '@concord/platform/ids';
import { randomBytes } from 'node:crypto';
import type { SealedSecret } from './webhook.store.js';

const placeOf = (agencyId: string, id: string) => ({
  agencyId,
  table: 'webhook_secret',
  column: 'sealed',
  rowId: id,
});

/** A secret in the form of Standard Webhooks, to be shown once, and what is stored of it. */
export async function makeSecret(
  keyHolder: KeyHolder,
  agencyId: string,
): Promise<{ readonly secret: string; readonly stored: SealedSecret }> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const id = newId();
  return { secret, stored: { id, sealed: await keyHolder.seal(secret, placeOf(agencyId, id)) } };
}

/** @throws SealBrokenError */
export async function openSecret(
  keyHolder: KeyHolder,
  agencyId: string,
  { id, sealed }: SealedSecret,
): Promise<string> {
  return (await keyHolder.open(sealed, placeOf(agencyId, id))).toString('utf8');
}

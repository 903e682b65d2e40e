import type { Client } from 'pg';

/** Of the API's rights, and held back by no policy. */
export const UNGUARDED_ROLE = 'bench_unguarded';

/** Where search takes the finest view that its reader may see: with row-level security that is the first there is. */
const FINEST = 'from record_view x where x.record_id = n.record_id order by x.rank limit 1';
/** What the policy `view_opened_by_key` says, but for imminent danger, as a condition of the statement itself. */
const BY_HAND = '((x.audience && app_keyring()) and (x.rank = 0 or x.released_at <= now()))';

/**
 * What is measured beside the product: a role that row-level security does not hold, and search with its view chosen by
 * a condition of the statement. Without that condition it is no search that could be offered: see `looseViews`.
 */
export async function prepareUnguarded(client: Client, login: string): Promise<void> {
  await client.query(
    `do $$ begin create role ${UNGUARDED_ROLE} nologin bypassrls; exception when duplicate_object then null; end $$`,
  );
  await client.query(`grant concord_api to ${UNGUARDED_ROLE}; grant ${UNGUARDED_ROLE} to "${login}"`);
  const { rows } = await client.query<{ definition: string }>(
    `select pg_get_functiondef(oid) as definition from pg_proc where proname = 'seizure_record_search'`,
  );
  const kept = rows[0]?.definition ?? '';
  const copy = kept
    .replace('FUNCTION public.seizure_record_search(', 'FUNCTION public.bench_search(')
    .replace(FINEST, FINEST.replace('order by', `and ${BY_HAND} order by`));
  if (!copy.includes('bench_search') || !copy.includes(BY_HAND))
    throw new Error('seizure_record_search reads otherwise now');
  await client.query(copy);
  await client.query('grant execute on function bench_search to concord_api');
}

/** The product's statement, and the same with the condition written out. */
export const byHand = (text: string): string => text.replace('from seizure_record_search(', 'from bench_search(');

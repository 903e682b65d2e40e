import type { AgencyActor } from '@concord/access';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { InvalidInputError } from '../../graphql/graphql-error.js';
import type { ApiServices } from '../../services.js';
import { answerFile, type FileRoutesOptions } from '../../sign-in/file-routes.js';
import { askedPeriod, readActivity, readDays, readMatches } from '../read-activity.js';
import { monthPage } from './month-page.js';

/** Where an agency's month is given out as a page. */
const PATH = '/agency/month';
/** The page runs nothing and loads nothing, wherever it is opened. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

interface MonthRequest {
  readonly Querystring: { readonly month?: unknown; readonly timeZone?: unknown };
}

/**
 * `agencyMonth` as a page to print, for those who may read it. Everybody else is answered NOT_FOUND, whatever they ask for.
 */
export function installMonthPage(fastify: FastifyInstance, options: FileRoutesOptions): void {
  fastify.get<MonthRequest>(PATH, (request, reply) =>
    answerFile(options, request, reply, 'agency.activity.read', (actor) =>
      give(options.services, actor, request, reply),
    ),
  );
}

async function give(
  services: ApiServices,
  actor: AgencyActor,
  { query: { month, timeZone = null } }: FastifyRequest<MonthRequest>,
  reply: FastifyReply,
): Promise<void> {
  if (timeZone !== null && typeof timeZone !== 'string')
    throw new InvalidInputError('One `timeZone`.', [
      { path: 'timeZone', code: 'INVALID_FORMAT', message: 'Give it once.' },
    ]);
  const asked = askedPeriod(actor, 'month', typeof month === 'string' ? month : '', timeZone);
  const earlier = askedPeriod(actor, 'month', monthBefore(asked.firstDay), asked.timeZone);
  const page = monthPage({
    agency: { name: actor.agency.name, ori: actor.agency.ori },
    month: await readActivity(services, actor, asked),
    before: await readActivity(services, actor, earlier),
    days: await readDays(services, actor, asked),
    matches: await readMatches(services, actor, asked),
  });
  await reply
    .code(200)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-disposition': `inline; filename="month-${actor.agency.ori ?? actor.agency.id}-${asked.firstDay.slice(0, 7)}.html"`,
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .send(page);
}

/** YYYY-MM of the month before the one that begins with this day. */
function monthBefore(firstDay: string): string {
  const at = new Date(`${firstDay}T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() - 1);
  return at.toISOString().slice(0, 7);
}

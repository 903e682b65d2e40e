import type { AgencyActor } from '@concord/access';
import { auditEntry } from '@concord/audit';
import { findImport, receiveFile, refusedFile } from '@concord/imports';
import { DomainError, notFound } from '@concord/platform/errors';
import { isId } from '@concord/platform/ids';
import { asActor } from '@concord/records';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { Readable } from 'node:stream';
import { refuse } from '../graphql/http-answer.js';
import type { ApiServices } from '../services.js';
import { answerFile, type FileRoutesOptions } from '../sign-in/file-routes.js';
import { IMPORTS_PATH, presentImport } from './import.presenter.js';

interface ImportRequest {
  readonly Params: { readonly id: string };
  readonly Querystring: { readonly offset?: string };
}

/**
 * What is too large for a mutation: the file of an import in, its refused rows out. Let in as GraphQL is: the same
 * tokens and keys, the same agency, the same rates, the same policy as `submitSeizureReport`. Whoever may not sees what
 * they would see of an import that is not there.
 */
export async function installImportRoutes(fastify: FastifyInstance, options: FileRoutesOptions): Promise<void> {
  await fastify.register(async (routes) => {
    // As it comes: nothing of it is gathered in memory, and nothing is believed of what it says it is.
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    routes.put<ImportRequest>(`${IMPORTS_PATH}/:id/file`, (request, reply) =>
      answerFile(options, request, reply, 'report.submit', (actor) => takeFile(options, actor, request, reply)),
    );
    routes.get<ImportRequest>(`${IMPORTS_PATH}/:id/refused`, (request, reply) =>
      answerFile(options, request, reply, 'report.submit', (actor) =>
        giveRefused(options, actor, request.params.id, reply),
      ),
    );
    await Promise.resolve();
  });
}

async function takeFile(
  { services }: FileRoutesOptions,
  actor: AgencyActor,
  request: FastifyRequest<ImportRequest>,
  reply: FastifyReply,
): Promise<void> {
  const { id } = request.params;
  const offset = Number(request.query.offset ?? '0');
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new DomainError('invalid', 'BAD_USER_INPUT', '`offset` is how much of the file is here: `receivedBytes`.');
  const received = isId(id)
    ? await // Not destroyed with what is left of it unread: the answer says why.
      receiveFile(services, actor, id, offset, (request.body as Readable).iterator({ destroyOnReturn: false }))
    : ({ kind: 'absent' } as const);
  if (received.kind === 'absent') {
    await book(services, actor, 'import.receive', id, 'REFUSED');
    throw notFound();
  }
  if (received.kind === 'misplaced') {
    // What is left of it is not read: the connection ends with the answer.
    reply.header('connection', 'close');
    const extensions = { code: 'MISPLACED', receivedBytes: received.receivedBytes };
    return refuse(reply, 409, [
      new GraphQLError(
        `The file is here up to byte ${received.receivedBytes}: go on there, and not beyond its length.`,
        {
          extensions,
        },
      ),
    ]);
  }
  const { state, receivedBytes, bytes, reason } = presentImport(received.found, actor);
  await reply.code(200).send({ id, state, reason, receivedBytes, bytes });
}

async function giveRefused(
  { services }: FileRoutesOptions,
  actor: AgencyActor,
  id: string,
  reply: FastifyReply,
): Promise<void> {
  const as = { personId: actor.personId, agencyId: actor.agency.id };
  const seen = isId(id) ? await asActor(services.db, as, (tx) => findImport(tx, actor, id)) : null;
  // Rows hold identifiers, which nobody else of the agency reads here either: whoever sent them gets them back.
  const found = seen?.personId === actor.personId ? seen : null;
  await book(services, actor, 'import.refused.read', id, found === null ? 'REFUSED' : 'DONE');
  if (found === null || found.contentRemovedAt !== null || found.mapping === null) throw notFound();
  await reply
    .code(200)
    .headers({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="refused-${id}.csv"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .send(Readable.from(refusedFile(services, actor, found)));
}

async function book(
  services: ApiServices,
  actor: AgencyActor,
  action: string,
  id: string,
  outcome: 'DONE' | 'REFUSED',
): Promise<void> {
  const entry = auditEntry({
    ...{ at: services.clock.now(), personId: actor.personId, agencyId: actor.agency.id },
    ...{ roles: [...actor.roles], keyId: actor.key?.id, action, outcome, purpose: actor.purpose },
    subjects: isId(id) ? [{ kind: 'import', id }] : [],
  });
  await services.ledger.book(entry);
}

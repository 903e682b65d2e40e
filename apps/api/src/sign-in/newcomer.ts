import type { Unseated } from '@concord/access';
import { DomainError } from '@concord/platform/errors';
import type { FastifyRequest } from 'fastify';
import { Kind, OperationTypeNode, parse } from 'graphql';
import { problemOfHeaders, readBody } from '../graphql/http-requests.hook.js';
import { MAX_STRANGER_BODY_BYTES, MAX_TOKENS } from '../graphql/limits.js';
import type { VerifiedSubject } from './token-verifier.js';

/** The one thing that a newcomer may ask. */
const ACCEPTS = 'acceptInvitation';

/**
 * A good token of somebody who has no seat here: whoever was invited comes like this. To everybody who asks for anything
 * else than to accept an invitation it is the refusal that it would be without this class.
 */
export class NewcomerError extends DomainError {
  constructor(
    refusal: DomainError,
    readonly subject: VerifiedSubject,
  ) {
    super(refusal.kind, refusal.code, refusal.message);
  }
}

/** Never whoever was disabled, and no token that was taken back. */
export const mayBeNewcomer = (because: Unseated): boolean => because === 'SUBJECT_UNKNOWN' || because === 'NO_SEAT';

/** Whether the body of such a request is worth reading: small, and of a length that is known. */
export function mayHoldAcceptance(request: FastifyRequest): boolean {
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
  if (length === undefined || coding !== undefined) return false;
  return Number(length) <= MAX_STRANGER_BODY_BYTES && problemOfHeaders(request) === null;
}

/** Whether a body asks to accept an invitation and for nothing else: one mutation with one field. */
export function isAcceptance(body: unknown): boolean {
  const read = readBody(body);
  if ('problem' in read) return false;
  try {
    const { definitions } = parse(String(read.offered.query), { maxTokens: MAX_TOKENS });
    const operations = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
    const [operation] = operations;
    if (operation === undefined || operations.length > 1) return false;
    const [field, ...others] = operation.selectionSet.selections;
    return (
      operation.operation === OperationTypeNode.MUTATION &&
      field?.kind === Kind.FIELD &&
      field.name.value === ACCEPTS &&
      others.length === 0
    );
  } catch {
    return false;
  }
}

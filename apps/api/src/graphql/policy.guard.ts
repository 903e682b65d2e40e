import {
  actsForAgency,
  decide,
  POLICIES,
  type Action,
  type Actor,
  type AgencyActor,
  type Refusal,
} from '@concord/access';
import { DomainError } from '@concord/platform/errors';
import { createParamDecorator, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GqlExecutionContext } from '@nestjs/graphql';
import { POLICY_METADATA } from './policy.decorator.js';
import type { NewcomerContext, RequestContext } from './request-context.js';

/** Asks libs/access before any resolver runs. A handler without a declared policy is refused. */
@Injectable()
export class PolicyGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const action = this.reflector.get<Action | undefined>(POLICY_METADATA, context.getHandler());
    if (action === undefined) throw new DomainError('forbidden', 'FORBIDDEN', 'This is not open to anybody.');
    if (action === 'invitation.accept' && isNewcomer(context)) return true;
    const decision = decide(actorOf(context), action);
    if (!decision.allowed) throw refusalError(decision.refusal, action);
    return true;
  }
}

/** Says what would be right: the table is no secret (docs/capabilities.md). */
function refusalError(refusal: Refusal, action: Action): DomainError {
  const rule = action in POLICIES ? POLICIES[action as keyof typeof POLICIES] : { roles: [], levels: [] };
  switch (refusal) {
    case 'PURPOSE':
      return new DomainError(
        'invalid',
        'PURPOSE_REQUIRED',
        'Reading shared records needs a purpose: send the header `concord-purpose: <CODE>; ref=<case number>` (on a socket: `purpose` in connection_init).',
      );
    case 'LEVEL':
      return new DomainError(
        'forbidden',
        'FORBIDDEN',
        `This is for agencies of another level than yours: ${rule.levels.join(', ')}.`,
      );
    case 'ROLE':
      return new DomainError(
        'forbidden',
        'FORBIDDEN',
        `Your role in this agency does not include this. ${forRoles(rule.roles)}`,
      );
    case 'KEY':
      return new DomainError('forbidden', 'FORBIDDEN', 'This API key does not include this.');
    case 'NO_AGENCY':
      return new DomainError('forbidden', 'FORBIDDEN', 'This is done in the name of an agency, and you act for none.');
  }
}

const forRoles = (roles: readonly string[]): string =>
  roles.length === 0 ? 'It is for whoever runs the deployment.' : `It is for ${roles.join(', ')}.`;

/** Sign-in has seen to it that this is all that the request asks. */
const isNewcomer = (context: ExecutionContext): boolean =>
  GqlExecutionContext.create(context).getContext<Partial<NewcomerContext>>().newcomer !== undefined;

function actorOf(context: ExecutionContext): Actor {
  const { actor } = GqlExecutionContext.create(context).getContext<Partial<RequestContext>>();
  if (actor === undefined) throw new DomainError('unauthenticated', 'UNAUTHENTICATED', 'Sign in first.');
  return actor;
}

/** Whoever asks. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => actorOf(context));

/** Whoever asks, in the name of an agency; the policy has seen to it that there is one. */
export const CurrentAgencyActor = createParamDecorator((_: unknown, context: ExecutionContext): AgencyActor => {
  const actor = actorOf(context);
  if (!actsForAgency(actor))
    throw new DomainError('forbidden', 'FORBIDDEN', 'This is done in the name of an agency, and you act for none.');
  return actor;
});

import { actsForAgency, type Actor } from '@concord/access';
import {
  changeAgency,
  changeAgencyContact,
  createAgency,
  findAgencies,
  findAgency,
  ORI,
  requestDeparture,
  wordsOf,
  type Agency as StoredAgency,
} from '@concord/agencies';
import type { AgencyLevel } from '@concord/codes';
import type { Queryable } from '@concord/platform/database';
import { Inject } from '@nestjs/common';
import { Args, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { InvalidInputError } from '../graphql/graphql-error.js';
import { decodeCursor, encodeCursor, isNamePosition, pageSize, toPage } from '../graphql/paging.js';
import { CurrentActor } from '../graphql/policy.guard.js';
import { Policy } from '../graphql/policy.decorator.js';
import { AgencyLevelEnum } from '../graphql/shared.types.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import { adminSeat, bookAct, bookActs } from './admin-acts.js';
import { AdminRejected } from './admin.types.js';
import {
  Agency,
  AgencyConnection,
  AgencyPointOfContact,
  CreateAgencyInput,
  CreateAgencyPayload,
  LeaveAgencyPayload,
  UpdateAgencyContactInput,
  UpdateAgencyInput,
  UpdateAgencyPayload,
  type AgencyCreated,
  type AgencyUpdated,
} from './agency.types.js';
import { ApprovalRequested } from './approval.types.js';

const CURSOR = 'agency';
const LONGEST_SEARCH = 100;

/** The directory of agencies: read by everybody who is sworn, written by system admins; how an agency leaves. */
@Resolver(() => Agency)
export class AgencyResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => AgencyConnection, {
    description: 'Agencies that take part, by name. For everybody of a sworn agency, and system admins.',
  })
  @Policy('agency.read')
  async agencies(
    @Args('search', {
      type: () => String,
      nullable: true,
      description: 'Words of the name or the ORI, each by its beginning: all of them must be there.',
    })
    search: string | null,
    @Args('level', { type: () => AgencyLevelEnum, nullable: true, description: 'Agencies of this level alone.' })
    level: AgencyLevel | null,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50, description: '1 to 200.' })
    first: number | null,
    @Args('after', { type: () => String, nullable: true, description: 'A cursor of this list.' }) after: string | null,
  ): Promise<AgencyConnection> {
    const size = pageSize(first);
    const place = decodeCursor(CURSOR, after, isNamePosition);
    const words = readSearch(search);
    // Nothing but signs: nobody is called that.
    if (words?.length === 0) return { edges: [], pageInfo: { hasNextPage: false, endCursor: null } };
    const found = await findAgencies(
      this.services.db,
      { words, level: level ?? null },
      size + 1,
      place === null ? null : { name: place.at, id: place.id },
    );
    return toPage(found, size, ({ agency, position }) => ({
      cursor: encodeCursor(CURSOR, { at: position.name, id: position.id }),
      node: agency,
    }));
  }

  @Query(() => Agency, {
    nullable: true,
    description: 'By its ORI, also when it has left. For everybody of a sworn agency, and system admins.',
  })
  @Policy('agency.read')
  async agency(@Args('ori', { type: () => String }) ori: string): Promise<StoredAgency | null> {
    return ORI.test(ori) ? findAgency(this.services.db, ori) : null;
  }

  @ResolveField(() => AgencyPointOfContact, { description: 'Whom to call there. For sworn agencies.' })
  @Policy('agency.contact.read')
  contact(@Parent() agency: StoredAgency): AgencyPointOfContact {
    return agency.contact;
  }

  @Mutation(() => CreateAgencyPayload, { description: 'Makes an agency. For system admins.' })
  @Policy('agency.manage')
  async createAgency(
    @CurrentActor() actor: Actor,
    @Args('input', { type: () => CreateAgencyInput }) input: CreateAgencyInput,
  ): Promise<AgencyCreated | AdminRejected> {
    const outcome = await createAgency(this.services.db, actor.personId, input, (tx, agency) =>
      this.#book(tx, actor, 'agency.create', agency.id, agency.version),
    );
    return outcome.kind === 'done' ? { agency: outcome.agency } : { issues: [...outcome.faults] };
  }

  @Mutation(() => UpdateAgencyPayload, {
    description:
      'Changes an agency. What it acts for decides at once what its people read; what they were told stays with them. For system admins.',
  })
  @Policy('agency.manage')
  async updateAgency(
    @CurrentActor() actor: Actor,
    @Args('input', { type: () => UpdateAgencyInput }) input: UpdateAgencyInput,
  ): Promise<AgencyUpdated | AdminRejected> {
    const { ori, version } = input;
    if (ori === null || ori === undefined) return absent;
    const change = { ...input, ori, version: version ?? null };
    const outcome = await changeAgency(this.services.db, actor.personId, change, (tx, agency) =>
      this.#book(tx, actor, 'agency.update', agency.id, agency.version),
    );
    return outcome.kind === 'done' ? { agency: outcome.agency } : { issues: [...outcome.faults] };
  }

  @Mutation(() => UpdateAgencyPayload, {
    description: 'Says whom to call at your own agency, and changes nothing else of it. For its admins.',
  })
  @Policy('agency.contact.change')
  async updateAgencyContact(
    @CurrentActor() actor: Actor,
    @Args('input', { type: () => UpdateAgencyContactInput }) input: UpdateAgencyContactInput,
  ): Promise<AgencyUpdated | AdminRejected> {
    if (!actsForAgency(actor)) return absent;
    const seat = { personId: actor.personId, agencyId: actor.agency.id };
    const change = { contact: input.contact, version: input.version ?? null };
    const outcome = await changeAgencyContact(this.services.db, seat, change, (tx, agency) =>
      this.#book(tx, actor, 'agency.update', agency.id, agency.version),
    );
    return outcome.kind === 'done' ? { agency: outcome.agency } : { issues: [...outcome.faults] };
  }

  @Mutation(() => LeaveAgencyPayload, {
    description:
      'Asks a second person to end an agency. Once that is approved, nobody acts for it, its memberships end, its sockets close, and every record of it is recalled, which takes a while for many. Nothing takes this back. Let it take its data with it first or afterwards: `concord export agency`. For admins, of their own agency, and system admins. Asked again, it answers what waits already.',
  })
  @Policy('agency.leave')
  async leaveAgency(
    @CurrentActor() actor: Actor,
    @Args('ori', {
      type: () => String,
      nullable: true,
      description: 'Which agency. Absent: your own; a system admin names one.',
    })
    ori: string | null,
  ): Promise<ApprovalRequested | AdminRejected> {
    const asked = await requestDeparture(
      this.services.db,
      adminSeat(actor),
      ori ?? null,
      bookActs(this.services, actor),
    );
    return asked.kind === 'done' ? { approval: asked.value } : { issues: [...asked.issues] };
  }

  #book(tx: Queryable, actor: Actor, action: string, id: string, version: number): Promise<void> {
    return bookAct(this.services, actor, action, [{ kind: 'agency', id, version }])(tx);
  }
}

const absent: AdminRejected = {
  issues: [{ path: 'ori', code: 'NOT_FOUND', message: 'There is no agency with this ORI.' }],
};

function readSearch(search: string | null | undefined): string[] | null {
  if (search === null || search === undefined || search.trim() === '') return null;
  if (search.length > LONGEST_SEARCH)
    throw new InvalidInputError(`\`search\` has at most ${LONGEST_SEARCH} characters.`, [
      { path: 'search', code: 'TOO_LONG', message: `Give at most ${LONGEST_SEARCH} characters.` },
    ]);
  return search.isWellFormed() ? wordsOf(search) : [];
}

import type { AgencyActor } from '@concord/access';
import { changeMapping, findMappings, insertMapping, type SavedMapping } from '@concord/imports';
import { isId, newId } from '@concord/platform/ids';
import { asActor } from '@concord/records';
import { Inject } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { bookAct } from '../admin/admin-acts.js';
import { Policy } from '../graphql/policy.decorator.js';
import { CurrentAgencyActor } from '../graphql/policy.guard.js';
import { API_SERVICES, type ApiServices } from '../services.js';
import {
  SaveColumnMappingInput,
  SaveColumnMappingPayload,
  SavedColumnMapping,
  type ColumnMappingRejected,
  type ColumnMappingSaved,
} from './column-mapping.types.js';
import { presentMapping, readMapping } from './read-mapping.js';
import { stateOf } from './read-start.js';

const LONGEST_NAME = 64;

const present = ({ mapping, ...rest }: SavedMapping): SavedColumnMapping => ({
  ...rest,
  mapping: presentMapping(mapping),
});

/** How an agency's files are read, kept under names. */
@Resolver()
export class ColumnMappingResolver {
  constructor(@Inject(API_SERVICES) private readonly services: ApiServices) {}

  @Query(() => [SavedColumnMapping], { description: 'Mappings that your agency keeps, by name.' })
  @Policy('report.submit')
  async columnMappings(@CurrentAgencyActor() actor: AgencyActor): Promise<SavedColumnMapping[]> {
    const as = { personId: actor.personId, agencyId: actor.agency.id };
    return (await asActor(this.services.db, as, findMappings)).map(present);
  }

  @Mutation(() => SaveColumnMappingPayload, {
    description:
      'Keeps a mapping under a name, or changes one at the version that you saw. What your agency’s words mean counts from then on. By people: no API key does it.',
  })
  @Policy('column-mapping.save')
  async saveColumnMapping(
    @CurrentAgencyActor() actor: AgencyActor,
    @Args('input', { type: () => SaveColumnMappingInput }) input: SaveColumnMappingInput,
  ): Promise<ColumnMappingSaved | ColumnMappingRejected> {
    const { id, version } = input;
    const name = input.name.normalize('NFC').trim();
    // Kept for files of any day and zone: nothing of it may depend on them.
    const mapping = readMapping(input.mapping, 'mapping', {
      ...{ stateFips: stateOf(actor), countyFips: [], timeZone: 'UTC', ori: actor.agency.ori },
      now: this.services.clock.now(),
    });
    const issues = 'issues' in mapping ? mapping.issues : [];
    if (name === '' || name.length > LONGEST_NAME || /\p{C}/u.test(name))
      issues.push({ path: 'name', code: 'OUT_OF_RANGE', message: `Give a name of 1 to ${LONGEST_NAME} characters.` });
    if (typeof id === 'string' && typeof version !== 'number')
      issues.push({ path: 'version', code: 'REQUIRED', message: 'Give the version that you saw.' });
    if (issues.length > 0) return { issues };
    const as = { personId: actor.personId, agencyId: actor.agency.id };
    const saved = await asActor(this.services.db, as, async (tx) => {
      const made = typeof id === 'string' ? id : newId();
      const kept =
        typeof id !== 'string'
          ? await insertMapping(tx, actor, { id: made, name, mapping })
          : isId(id)
            ? await changeMapping(tx, actor, { id, name, mapping, version: version ?? 0 })
            : null;
      if (kept !== null) {
        const subjects = [{ kind: 'mapping', id: kept.id, version: kept.version } as const];
        await bookAct(this.services, actor, 'mapping.save', subjects)(tx);
      }
      return kept;
    });
    if (saved !== null) return { saved: present(saved) };
    return {
      issues: [
        typeof id === 'string'
          ? {
              path: 'version',
              code: 'CONFLICT',
              message: 'It is not there, has been changed since, or another has this name.',
            }
          : { path: 'name', code: 'NAME_TAKEN', message: 'Your agency has a mapping of this name: change that one.' },
      ],
    };
  }
}

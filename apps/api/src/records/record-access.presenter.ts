import { countyName, stateName, statePostalCode } from '@concord/codes';
import type { AudienceKey } from '@concord/records';
import type { RecordAudienceEntry } from './record-access.types.js';

/** The key of an audience in words: who carries it, and what made it part of the audience (design.md, section 5). */
export function presentAudienceKey({ key, precision, name }: AudienceKey): RecordAudienceEntry {
  const [kind = '', rest = ''] = key.split(/:(.*)/s);
  return { key, precision, ...words(kind, rest, name ?? rest) };
}

function words(kind: string, rest: string, name: string): { label: string; because: string } {
  switch (kind) {
    case 'agency':
      return { label: name, because: 'it is yours' };
    case 'taskforce':
      return { label: `Members of task force ${name}`, because: 'you shared it into this task force' };
    case 'state':
      return {
        label: `State agencies of ${stateName(rest) ?? rest}`,
        because: 'you share it with states or wider, and it was seized in this one',
      };
    case 'nation':
      return { label: 'Federal agencies', because: 'you share it with the nation or wider' };
    case 'county':
      return {
        label: `Local and tribal agencies of ${countyName(rest) ?? rest}, ${statePostalCode(rest.slice(0, 2)) ?? ''}`,
        because: 'you share it with partners, and it was seized in this county',
      };
    case 'region':
      return {
        label: `Local and tribal agencies of the counties of ${name}`,
        because: 'you share it with partners, and the county of the seizure is part of this region',
      };
    default:
      return { label: name, because: 'it is in the audience' };
  }
}

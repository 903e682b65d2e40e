import type { SettingCode } from '@concord/codes';
import { FIELD_OFFICES, SECTORS, type AreaRow, type Clock } from './cbp-areas.data.js';

/** CBP's two components in the file: at the ports of entry, and between them. */
export const COMPONENTS = ['Office of Field Operations', 'U.S. Border Patrol'] as const;
export type Component = (typeof COMPONENTS)[number];

/** A town, crossing or road where the model lets something be seized. */
export interface Site {
  readonly countyFips: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly setting: SettingCode;
  /** How often, against the others of its area. Invented. */
  readonly weight: number;
  readonly portOfEntry: string | null;
  /** Minutes east of UTC: standard time throughout the year. */
  readonly offsetMinutes: number;
}

/** A field office or sector. */
export interface CbpArea {
  readonly component: Component;
  /** As the file writes it. */
  readonly name: string;
  /** From 1, in the order of the data: it is part of the ORI of the area's agency, so new areas are added at the end. */
  readonly number: number;
  readonly sites: readonly Site[];
}

const OFFSETS: Readonly<Record<Clock, number>> = {
  ...{ ATLANTIC: -240, EASTERN: -300, CENTRAL: -360, MOUNTAIN: -420, PACIFIC: -480 },
  ...{ ALASKA: -540, HAWAII: -600, GUAM: 600 },
};

export const CBP_AREAS: readonly CbpArea[] = [
  ...areasOf('Office of Field Operations', FIELD_OFFICES),
  ...areasOf('U.S. Border Patrol', SECTORS),
];

const byName = new Map(CBP_AREAS.map((area) => [`${area.component} ${area.name}`, area]));

/** Null for an area of which no county is known. */
export function areaNamed(component: Component, name: string): CbpArea | null {
  return byName.get(`${component} ${name.toUpperCase()}`) ?? null;
}

function areasOf(component: Component, rows: readonly AreaRow[]): CbpArea[] {
  return rows.map(([name, places], index) => ({
    ...{ component, name, number: index + 1 },
    sites: places.map(([countyFips, latitude, longitude, clock, setting, weight, portOfEntry]) => ({
      ...{ countyFips, latitude, longitude, setting, weight },
      portOfEntry: portOfEntry ?? null,
      offsetMinutes: OFFSETS[clock],
    })),
  }));
}

import type { ConcealmentCode, ConveyanceCode, SettingCode } from '@concord/codes';
import type { PersonaName } from './personas.js';

/** Which of CBP's components the seizures at a setting stand for: inland ones stand with those between the ports. */
export type Component = 'PORTS' | 'BETWEEN_PORTS';

/** A town or crossing where a persona's agency seizes something in the synthetic data. Coordinates are real. */
export interface SyntheticPlace {
  readonly persona: PersonaName;
  readonly countyFips: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly setting: Setting;
  readonly portOfEntry: string | null;
  /** Minutes; standard time throughout the year. */
  readonly offsetMinutes: number;
  /** How often, against the others of its component. Invented: CBP publishes areas and no towns. */
  readonly weight: number;
}

export type Setting = Extract<
  SettingCode,
  'PORT_OF_ENTRY' | 'AIRPORT' | 'PARCEL_FACILITY' | 'BETWEEN_PORTS' | 'CHECKPOINT' | 'HIGHWAY' | 'STREET' | 'RESIDENCE'
>;

/** How loads travel and hide at each kind of place. Invented, after what agencies describe in words. */
export const METHODS: Readonly<Record<Setting, { component: Component; ways: readonly [Way, ...Way[]] }>> = {
  PORT_OF_ENTRY: {
    component: 'PORTS',
    ways: [
      ['PASSENGER_VEHICLE', 'VEHICLE_COMPARTMENT'],
      ['PASSENGER_VEHICLE', 'VEHICLE_COMPARTMENT'],
      ['PASSENGER_VEHICLE', 'VEHICLE_CARGO'],
      ['COMMERCIAL_TRUCK', 'COMMERCIAL_FREIGHT'],
      ['PEDESTRIAN', 'ON_PERSON'],
      ['PEDESTRIAN', 'IN_BODY'],
    ],
  },
  AIRPORT: {
    component: 'PORTS',
    ways: [
      ['AIRCRAFT', 'LUGGAGE'],
      ['AIRCRAFT', 'IN_BODY'],
    ],
  },
  PARCEL_FACILITY: {
    component: 'PORTS',
    ways: [
      ['PARCEL_SERVICE', 'PARCEL'],
      ['PARCEL_SERVICE', 'HIDDEN_IN_GOODS'],
    ],
  },
  BETWEEN_PORTS: {
    component: 'BETWEEN_PORTS',
    ways: [
      ['PEDESTRIAN', 'BACKPACK'],
      ['DRONE', 'AIRCRAFT_DRONE'],
    ],
  },
  CHECKPOINT: {
    component: 'BETWEEN_PORTS',
    ways: [
      ['PASSENGER_VEHICLE', 'VEHICLE_COMPARTMENT'],
      ['BUS', 'LUGGAGE'],
    ],
  },
  HIGHWAY: {
    component: 'BETWEEN_PORTS',
    ways: [
      ['PASSENGER_VEHICLE', 'VEHICLE_CARGO'],
      ['COMMERCIAL_TRUCK', 'VEHICLE_COMPARTMENT'],
    ],
  },
  STREET: {
    component: 'BETWEEN_PORTS',
    ways: [
      ['NONE', 'ON_PERSON'],
      ['PASSENGER_VEHICLE', 'ON_PERSON'],
    ],
  },
  RESIDENCE: {
    component: 'BETWEEN_PORTS',
    ways: [
      ['NONE', 'NONE'],
      ['NONE', 'HIDDEN_IN_GOODS'],
    ],
  },
};

type Way = readonly [conveyance: ConveyanceCode, concealment: ConcealmentCode];
type Row = readonly [
  county: string,
  latitude: number,
  longitude: number,
  setting: Setting,
  weight: number,
  port?: string,
];

const PACIFIC = -480;
const MOUNTAIN = -420;
const EASTERN = -300;

export const SYNTHETIC_PLACES: readonly SyntheticPlace[] = [
  ...placesOf('local-submitter', PACIFIC, [
    ['06073', 32.5475, -117.0297, 'PORT_OF_ENTRY', 24, 'SAN YSIDRO'],
    ['06073', 32.7157, -117.1611, 'STREET', 8],
    ['06073', 32.7338, -117.1933, 'AIRPORT', 3],
    ['06073', 32.7948, -116.9625, 'RESIDENCE', 6],
  ]),
  ...placesOf('neighbour-analyst', PACIFIC, [
    ['06073', 32.556, -116.938, 'PORT_OF_ENTRY', 16, 'OTAY MESA'],
    ['06073', 32.6401, -117.0842, 'STREET', 6],
    ['06073', 33.1959, -117.3795, 'HIGHWAY', 5],
  ]),
  ...placesOf('tribal-analyst', PACIFIC, [
    ['06073', 32.8434, -116.7053, 'HIGHWAY', 5],
    ['06073', 33.3286, -116.9881, 'RESIDENCE', 3],
  ]),
  ...placesOf('taskforce-analyst', PACIFIC, [
    ['06065', 33.4936, -117.1484, 'CHECKPOINT', 8],
    ['06065', 33.6103, -114.5964, 'HIGHWAY', 6],
    ['06065', 33.9533, -117.3962, 'PARCEL_FACILITY', 5],
  ]),
  ...placesOf('other-local-submitter', PACIFIC, [
    ['06067', 38.5816, -121.4944, 'STREET', 6],
    ['06067', 38.6951, -121.5911, 'AIRPORT', 3],
    ['06067', 38.4088, -121.3716, 'RESIDENCE', 4],
  ]),
  ...placesOf('far-local-analyst', EASTERN, [
    ['36061', 40.7506, -73.9972, 'PARCEL_FACILITY', 5],
    ['36061', 40.8075, -73.9465, 'STREET', 6],
  ]),
  ...placesOf('state-analyst', PACIFIC, [
    ['06025', 32.6742, -115.3883, 'PORT_OF_ENTRY', 8, 'CALEXICO EAST'],
    ['06029', 35.3733, -119.0187, 'HIGHWAY', 5],
    ['06037', 34.0522, -118.2437, 'RESIDENCE', 5],
  ]),
  ...placesOf('other-state-analyst', PACIFIC, [
    ['53073', 48.9956, -122.7359, 'PORT_OF_ENTRY', 3, 'BLAINE'],
    ['53033', 47.6062, -122.3321, 'STREET', 6],
    ['53077', 46.6021, -120.5059, 'HIGHWAY', 4],
  ]),
  ...placesOf('federal-analyst', MOUNTAIN, [
    ['04023', 31.3404, -110.9343, 'PORT_OF_ENTRY', 22, 'NOGALES'],
    ['04019', 31.8543, -111.9773, 'BETWEEN_PORTS', 8],
    ['48141', 31.7587, -106.4869, 'PORT_OF_ENTRY', 8, 'EL PASO'],
    ['35013', 32.3199, -106.7637, 'CHECKPOINT', 6],
  ]),
];

/** Every county that a synthetic record can lie in. */
export const SYNTHETIC_COUNTIES: readonly string[] = [...new Set(SYNTHETIC_PLACES.map(({ countyFips }) => countyFips))];

function placesOf(persona: PersonaName, offsetMinutes: number, rows: readonly Row[]): SyntheticPlace[] {
  return rows.map(([countyFips, latitude, longitude, setting, weight, portOfEntry]) => ({
    ...{ persona, offsetMinutes, countyFips, latitude, longitude, setting, weight },
    portOfEntry: portOfEntry ?? null,
  }));
}

import { randomBytes } from 'node:crypto';
import { SeededRandom } from '../../apps/embedded/src/seeded-random.js';
import { generateAdministration } from './administration.generator.js';
import { COUNTIES } from './counties.data.js';
import { generateRecords } from './records.generator.js';
import type {
  ActorFact,
  AgencyFact,
  AgreementFact,
  Credential,
  Level,
  PersonFact,
  Purpose,
  RegionFact,
  Role,
  SeatFact,
  Sharing,
  TaskForceFact,
  Term,
  World,
} from './world.facts.js';
import { PURPOSES } from './world.facts.js';

const AGENCY_ROLES: readonly Role[] = [
  'SUBMITTER',
  'ANALYST',
  'SUPERVISOR',
  'AGENCY_ADMIN',
  'WATCH_OFFICER',
  'AUDITOR',
  'PRIVACY_OFFICER',
];
const LEVELS: readonly Level[] = ['FEDERAL', 'STATE', 'LOCAL', 'TRIBAL', 'COMMUNITY'];
const MOSTLY_LOCAL: readonly Level[] = ['LOCAL', 'LOCAL', 'STATE', 'TRIBAL', 'FEDERAL'];
const SHARINGS: readonly Sharing[] = ['AGENCY', 'TASK_FORCES', 'STATE', 'NATION', 'PARTNERS'];
/** One of whom the policy text alone decides. */
const OVERDUE = 6;
const TERMS: readonly Term[] = ['ENDED', 'FUTURE'];

export interface WorldSize {
  readonly agencies: number;
  readonly records: number;
  /** People beside those of whom there is always one. */
  readonly people: number;
}

/** Looks for nothing and asks nobody: the same world for a seed, but for its ids. */
export class WorldGenerator {
  readonly #random: SeededRandom;
  readonly #agencies: AgencyFact[] = [];
  readonly #persons: PersonFact[] = [];
  readonly #seats: SeatFact[] = [];
  readonly #actors: ActorFact[] = [];

  constructor(
    readonly seed: number,
    readonly size: WorldSize,
  ) {
    this.#random = new SeededRandom(seed);
  }

  generate(): World {
    this.#makeAgencies();
    const regions = this.#makeRegions();
    this.#makePeople();
    const agreements = this.#makeAgreements();
    const taskForces = this.#makeTaskForces();
    const world = {
      ...{ seed: this.seed, agencies: this.#agencies, persons: this.#persons, seats: this.#seats, agreements },
      ...{ taskForces, regions, actors: this.#actors, records: [], apiKeys: [], approvals: [], dangers: [] },
    };
    const written = { ...world, records: generateRecords(world, this.size.records, this.#random) };
    return { ...written, ...generateAdministration(written, this.#random, () => this.id()) };
  }

  /** Made here, so that the database's own are not needed; version 4 in form, and the same for a seed. */
  id(): string {
    const bytes = Buffer.from(Array.from({ length: 16 }, () => this.#random.between(0, 255)));
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  #pick<T>(items: readonly T[]): T {
    const item = items[this.#random.between(0, items.length - 1)];
    if (item === undefined) throw new RangeError('there is nothing to choose from');
    return item;
  }

  /** One agency has an agreement that is over, and nothing else, and one that begins tomorrow. */
  #isPartyLateOrEarly(n: number): 5 | 6 | null {
    return n === this.size.agencies - 2 ? 5 : n === this.size.agencies - 3 ? 6 : null;
  }

  /** Mostly now. */
  #term(): Term {
    return this.#random.chance(0.8) ? 'NOW' : this.#pick(TERMS);
  }

  #makeAgencies(): void {
    for (let n = 0; n < this.size.agencies; n += 1) {
      // Every level at first, twice; then mostly local ones.
      // Two whose agreement alone decides: see the agreements.
      const level =
        this.#isPartyLateOrEarly(n) !== null || n === OVERDUE
          ? 'FEDERAL'
          : ((n < 10 ? LEVELS[n % 10] : undefined) ?? this.#pick(MOSTLY_LOCAL));
      this.#agencies.push({
        id: this.id(),
        name: `Invented ${level.toLowerCase()} agency ${n}`,
        level,
        places: this.#placesOf(level, n),
        // One that has left, and never the first of its level.
        status: n === this.size.agencies - 1 ? 'LEFT' : 'ACTIVE',
        h3Resolution: this.#random.chance(0.3) ? 7 : 6,
        parentId: this.#parentOf(level),
        // The first of each level have accepted what is in force, so that every column of the table is seen.
        policy:
          n === OVERDUE
            ? 'OVERDUE'
            : this.#random.weighted([
                ['ACCEPTED', 60],
                ['IN_GRACE', 20],
                ['OVERDUE', n < LEVELS.length || this.#isPartyLateOrEarly(n) !== null ? 0 : 20],
              ] as const),
      });
    }
  }

  /** Of a wider level, and made before: somebody whose admin may stand in for this agency's. */
  #parentOf(level: Level): string | null {
    const wider: Readonly<Record<Level, readonly Level[]>> = {
      FEDERAL: [],
      STATE: ['FEDERAL'],
      LOCAL: ['STATE', 'FEDERAL'],
      TRIBAL: ['STATE', 'FEDERAL'],
      COMMUNITY: ['LOCAL', 'STATE'],
    };
    const possible = this.#agencies.filter((it) => wider[level].includes(it.level));
    return possible.length > 0 && this.#random.chance(0.6) ? this.#pick(possible).id : null;
  }

  /** A jurisdiction is a set, and may hold places of a kind by which its level does not read. */
  #placesOf(level: Level, n: number): string[] {
    const county = (): string => this.#pick(COUNTIES).countyFips;
    switch (level) {
      case 'FEDERAL':
        return ['nation:us'];
      case 'STATE':
        return [
          ...new Set([`state:${county().slice(0, 2)}`, ...(this.#random.chance(0.3) ? [`county:${county()}`] : [])]),
        ];
      case 'LOCAL':
        return [
          ...new Set([
            ...(this.#random.chance(0.1) ? [] : [`county:${county()}`]),
            ...(this.#random.chance(0.2) ? [`county:${county()}`] : []),
            ...(this.#random.chance(0.2) ? [`state:${county().slice(0, 2)}`] : []),
          ]),
        ];
      case 'TRIBAL':
        return [`tribe:invented-${n}`, ...(this.#random.chance(0.7) ? [`county:${county()}`] : [])];
      case 'COMMUNITY':
        return [`county:${county()}`];
    }
  }

  /** Across states too. */
  #makeRegions(): RegionFact[] {
    return ['invented-border', 'invented-coast'].map((id) => ({
      id,
      counties: [
        ...new Set([this.#pick(COUNTIES).countyFips, this.#pick(COUNTIES).countyFips, this.#pick(COUNTIES).countyFips]),
      ],
    }));
  }

  #makePeople(): void {
    const [first] = this.#agencies;
    if (first === undefined) throw new Error('a world has agencies');
    // Roles by levels, each once.
    for (const level of LEVELS) {
      const agency = this.#agencies.find((it) => it.level === level && it.status === 'ACTIVE');
      if (agency !== undefined)
        for (const role of AGENCY_ROLES)
          this.#person(`${role} of ${agency.name}`, [{ agencyId: agency.id, roles: [role] }]);
    }
    this.#person('SYSTEM_ADMIN of the deployment', [{ agencyId: null, roles: ['SYSTEM_ADMIN'] }]);
    this.#person('another SYSTEM_ADMIN of the deployment', [{ agencyId: null, roles: ['SYSTEM_ADMIN'] }]);
    // Everybody else has somebody who submits, and somebody who reads.
    for (const agency of this.#agencies) {
      this.#person(`ANALYST of ${agency.name}`, [{ agencyId: agency.id, roles: ['ANALYST'] }]);
    }
    for (const level of LEVELS) this.#forAnotherPurpose(level);
    const local = this.#agencies.find((it) => it.level === 'LOCAL' && it.status === 'ACTIVE') ?? first;
    const state = this.#agencies.find((it) => it.level === 'STATE') ?? first;
    const seat = (agencyId: string, roles: readonly Role[], term: Term = 'NOW') => ({ agencyId, roles, term });
    this.#person('an ANALYST whose membership has ended', [seat(local.id, ['ANALYST'], 'ENDED')]);
    this.#person('an ANALYST whose membership begins tomorrow', [seat(local.id, ['ANALYST'], 'FUTURE')]);
    this.#person('a SUBMITTER who was an ANALYST', [
      seat(local.id, ['SUBMITTER']),
      seat(local.id, ['ANALYST'], 'ENDED'),
    ]);
    this.#person('an AUDITOR who is to be an ANALYST', [
      seat(local.id, ['AUDITOR']),
      seat(local.id, ['ANALYST'], 'FUTURE'),
    ]);
    this.#person('an AUDITOR who submits', [seat(local.id, ['AUDITOR', 'SUBMITTER'])]);
    this.#person('an ANALYST in two memberships', [seat(state.id, ['SUBMITTER']), seat(state.id, ['ANALYST'])]);
    this.#person('an ANALYST who was disabled', [seat(state.id, ['ANALYST'])], 'DISABLED');
    this.#person('a second AGENCY_ADMIN', [seat(local.id, ['AGENCY_ADMIN'])]);
    this.#person('an AGENCY_ADMIN whose membership has ended', [seat(state.id, ['AGENCY_ADMIN'], 'ENDED')]);
    this.#person('an AGENCY_ADMIN of two agencies', [
      seat(local.id, ['ANALYST']),
      seat(this.#agencies.at(-4)?.id ?? state.id, ['AGENCY_ADMIN']),
    ]);
    this.#person('somebody of two agencies', [seat(local.id, ['SUBMITTER']), seat(state.id, ['ANALYST'])]);
    this.#person('somebody of two agencies, one ended', [
      seat(local.id, ['ANALYST']),
      seat(state.id, ['ANALYST'], 'ENDED'),
    ]);
    for (let n = 0; n < this.size.people; n += 1) {
      const agency = this.#pick(this.#agencies);
      const roles = [
        ...new Set([this.#pick(AGENCY_ROLES), ...(this.#random.chance(0.3) ? [this.#pick(AGENCY_ROLES)] : [])]),
      ];
      this.#person(`${roles.join(' and ')} of ${agency.name}, ${n}`, [seat(agency.id, roles, this.#term())]);
    }
    const analyst = this.#seats.find((it) => it.agencyId === state.id && it.roles.includes('ANALYST'));
    for (const credential of ['REVOKED', 'EXPIRED', 'UNKNOWN_SUBJECT', 'NONE'] as const)
      this.#actors.push({
        name: `an ANALYST of ${state.name} with a credential that is ${credential}`,
        personId: analyst?.personId ?? '',
        agencyId: state.id,
        credential,
        purpose: 'INVESTIGATION',
      });
  }

  /** An analyst of each level once more, who names something else: an agreement may not be for it. */
  #forAnotherPurpose(level: Level): void {
    const agency = this.#agencies.find((it) => it.level === level && it.status === 'ACTIVE');
    const actor = this.#actors.find((it) => it.agencyId === agency?.id && it.name.startsWith('ANALYST of'));
    if (actor === undefined) return;
    const others = PURPOSES.filter((it) => it !== 'INVESTIGATION');
    for (const purpose of [this.#pick(others), this.#pick(others)])
      this.#actors.push({ ...actor, name: `${actor.name}, for ${purpose}`, purpose });
  }

  #person(
    name: string,
    seats: readonly { readonly agencyId: string | null; readonly roles: readonly Role[]; readonly term?: Term }[],
    status: PersonFact['status'] = 'ACTIVE',
    credential: Credential = 'GOOD',
  ): void {
    const personId = this.id();
    this.#persons.push({ id: personId, status });
    for (const { agencyId, roles, term = 'NOW' } of seats)
      this.#seats.push({ id: this.id(), personId, agencyId, roles, term });
    const agencies = [...new Set(seats.map((it) => it.agencyId))];
    for (const agencyId of agencies) {
      const acting =
        agencies.length === 1
          ? name
          : `${name}, for ${this.#agencies.find((it) => it.id === agencyId)?.name ?? 'none'}`;
      const purpose = this.#random.chance(0.8) ? 'INVESTIGATION' : this.#pick(PURPOSES);
      this.#actors.push({ name: acting, personId, agencyId, credential, purpose });
    }
  }

  /** Most agencies are party to one; some to one that has ended or begins later, some to none. */
  #makeAgreements(): AgreementFact[] {
    const groups: { widest: Sharing; term: Term; parties: string[] }[] = SHARINGS.map((widest) => ({
      widest,
      term: 'NOW',
      parties: [],
    }));
    groups.push(
      { widest: 'PARTNERS', term: 'ENDED', parties: [] },
      { widest: 'PARTNERS', term: 'FUTURE', parties: [] },
    );
    for (const [n, agency] of this.#agencies.entries()) {
      // The first of each level take part in the widest, so that every column of the table is seen.
      const drawn =
        n < LEVELS.length || n === OVERDUE || this.#random.chance(0.5) ? 4 : this.#random.between(0, groups.length);
      const group = this.#isPartyLateOrEarly(n) ?? drawn;
      groups[group]?.parties.push(agency.id);
      // An agreement that is over beside one that is not takes nothing away.
      if (group === 4 && this.#random.chance(0.2)) groups[5]?.parties.push(agency.id);
    }
    return groups.map(({ widest, term, parties }, n) => ({
      id: this.id(),
      name: `invented agreement ${n}, ${term.toLowerCase()}, up to ${widest}`,
      parties,
      // Named beside the parties, and not bound.
      invited: this.#agencies.filter((it) => !parties.includes(it.id) && this.#random.chance(0.2)).map((it) => it.id),
      withdrawn: n >= 4 ? [] : parties.filter(() => this.#random.chance(0.15)),
      purposes: this.#purposes(n),
      widest,
      term,
    }));
  }

  /** The widest is for what most people read for; narrower ones for some of it; what ends, for everything. */
  #purposes(n: number): Purpose[] {
    if (n > 4) return [...PURPOSES];
    if (n === 4) return ['INVESTIGATION', 'ANALYSIS', 'OFFICER_SAFETY', 'TASK_FORCE'];
    const some = PURPOSES.filter(() => this.#random.chance(0.5));
    return some.length > 0 ? some : ['INVESTIGATION'];
  }

  #makeTaskForces(): TaskForceFact[] {
    const forces: TaskForceFact[] = [];
    for (const term of ['NOW', 'NOW', 'NOW', 'ENDED', 'FUTURE'] as const) {
      const agencies = this.#agencies.filter((it, n) => n < 3 || this.#random.chance(0.4));
      const parts = agencies.map((it, n) => ({ agencyId: it.id, term: n === 0 ? ('NOW' as const) : this.#term() }));
      const members = this.#seats.flatMap(({ agencyId, personId }) => {
        const part = parts.find((it) => it.agencyId === agencyId);
        return part !== undefined && this.#random.chance(0.4)
          ? [{ agencyId: part.agencyId, personId, term: this.#term() }]
          : [];
      });
      const once = new Map(members.map((it) => [`${it.agencyId} ${it.personId}`, it]));
      forces.push({
        id: this.id(),
        name: `invented task force ${forces.length}`,
        leadAgencyId: parts[0]?.agencyId ?? '',
        term,
        agencies: parts,
        members: [...once.values()],
      });
    }
    return forces;
  }
}

/** From CONCORD_SEED, else any; whoever uses it prints it. */
export const worldSeed = (): number => Number(process.env['CONCORD_SEED'] ?? randomBytes(4).readUInt32LE() % 1_000_000);

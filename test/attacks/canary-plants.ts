import { randomBytes, randomInt } from 'node:crypto';
import { sanDiegoReport } from '../flows/reports.builder.js';
import type { Canary } from './canary-search.js';

/** Letters only, so that it may stand in a name. */
function word(prefix: string): string {
  return prefix + [...randomBytes(9)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');
}

/**
 * What is planted, new in every run. Of each kind there is one word, and where it stands the name of the place is
 * written behind it.
 */
export class Plants {
  /** Identifiers, narrative, basis, headers, what was refused: nowhere but sealed. */
  readonly secret = word('Zqx');
  /** The owner's own in clear columns: reference, note, rule, purpose, signature. In those, and nowhere else. */
  readonly owned = word('Wvk');
  readonly birthDate = `19${randomInt(21, 60)}-0${randomInt(1, 9)}-${randomInt(10, 28)}`;
  readonly phone = `619${randomInt(1_000_000, 9_999_999)}`;

  in(place: string): string {
    return `${this.secret}${place}`;
  }

  ownedIn(place: string): string {
    return `${this.owned}${place}`;
  }

  get sealed(): readonly Canary[] {
    return [
      { name: 'secret', text: this.secret },
      { name: 'birth date', text: this.birthDate },
      { name: 'phone', text: this.phone },
      { name: 'phone as written', text: this.phoneAsWritten },
    ];
  }

  get clear(): Canary {
    return { name: 'owned', text: this.owned };
  }

  get phoneAsWritten(): string {
    return `${this.phone.slice(0, 3)} ${this.phone.slice(3, 6)} ${this.phone.slice(6)}`;
  }

  /** Whole, and with something secret wherever secrets belong. */
  report(reference: string): Record<string, unknown> {
    const value = (kind: string): object => ({ kind, value: this.in(kind), sensitivity: 'OPEN' });
    return sanDiegoReport({
      submitterReference: this.ownedIn(reference),
      narrative: `${this.in('NARRATIVE')} was "quoted" there.\nÉtait là.`,
      packaging: this.ownedIn('PACKAGING'),
      remarks: this.ownedIn('REMARKS'),
      identifiers: [
        ...['PLATE', 'VIN', 'PARCEL', 'ACCOUNT', 'CRYPTO_ADDRESS', 'HANDLE', 'DEVICE'].map(value),
        { kind: 'EMAIL', value: `${this.in('EMAIL')}@example.org`, sensitivity: 'CONTACT_ONLY' },
        { kind: 'PHONE', value: `+1 ${this.phoneAsWritten}`, sensitivity: 'SILENT' },
        { kind: 'PHONE', value: this.phone, sensitivity: 'SILENT' },
        {
          kind: 'PERSON',
          person: { givenName: this.in('GIVEN'), surName: this.in('SURNAME'), birthDate: this.birthDate },
          sensitivity: 'OPEN',
        },
      ],
      basis: {
        activity: 'TRAFFICKING',
        reasonableSuspicion: `${this.in('SUSPICION')} ${this.phoneAsWritten}`,
        decidedBy: this.in('DECIDER'),
      },
      substances: [
        {
          deaCode: '9801',
          form: 'POWDER',
          quantity: 12.5,
          unit: 'KG',
          laboratoryStatus: 'PRESUMPTIVE',
          signature: this.ownedIn('SIGNATURE'),
          adulterants: [this.ownedIn('ADULTERANT')],
        },
      ],
    });
  }

  /** A secret in the place of every code, number's text and id: refused, and told so without it. */
  refused(): Record<string, unknown> {
    const at = (place: string): string => this.in(place);
    return {
      ...this.report('REFUSED'),
      occurredAt: at('OCCURRED'),
      occurredAtPrecision: at('PRECISION'),
      sharing: at('SHARING'),
      tlp: at('TLP'),
      releaseAfter: at('RELEASE'),
      withhold: [at('WITHHOLD')],
      timePrecision: at('TIMEPRECISION'),
      place: { latitude: 1, countyFips: at('COUNTY'), setting: at('SETTING'), portOfEntry: `${at('PORT')}\u0007` },
      substances: [
        {
          deaCode: at('DEA'),
          form: at('FORM'),
          unit: at('UNIT'),
          quantity: -1,
          quantityReason: at('REASON'),
          laboratoryStatus: at('LABORATORY'),
          category: at('CATEGORY'),
          signature: at('SIGNATURE').repeat(40),
        },
      ],
      concealment: [at('CONCEALMENT')],
      conveyance: at('CONVEYANCE'),
      route: { originCountry: at('COUNTRY'), destinationCountyFips: at('DESTINATION') },
      people: [{ role: at('ROLE'), citizenship: at('CITIZENSHIP'), affiliation: at('AFFILIATION'), age: 34 }],
      identifiers: [
        { kind: at('KIND'), value: at('VALUE') },
        { kind: 'PERSON', value: at('MISPLACED'), person: { givenName: at('GIVEN'), birthDate: at('BIRTH') } },
        { kind: 'PHONE', value: at('PHONE').repeat(30), sensitivity: at('SENSITIVITY') },
      ],
      basis: { activity: at('ACTIVITY'), reasonableSuspicion: at('SUSPICION').repeat(300), decidedBy: '' },
      source: { reliability: at('RELIABILITY'), credibility: 99 },
      packaging: at('PACKAGING'),
      remarks: at('REMARKS'),
      taskForceIds: [at('TASKFORCE')],
    };
  }

  /** Every header that a client, a proxy or an attacker may fill in. */
  headers(): Record<string, string> {
    const names = ['cookie', 'x-forwarded-for', 'x-real-ip', 'forwarded', 'user-agent', 'referer', 'x-request-id'];
    return {
      ...Object.fromEntries(names.map((name) => [name, this.in(name.toUpperCase())])),
      'x-correlation-id': this.in('CORRELATION'),
      'accept-language': this.in('LANGUAGE'),
      traceparent: `00-${Buffer.from(`${this.secret}....`).subarray(0, 16).toString('hex')}-00f067aa0ba902b7-01`,
      tracestate: `${this.secret.toLowerCase()}=${this.secret}`,
      baggage: `who=${this.in('BAGGAGE')}`,
      'if-none-match': `"${this.in('ETAG')}"`,
    };
  }
}

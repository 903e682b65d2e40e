import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { counties, countyName, isCountyFips, isStateFips, stateName, statePostalCode } from './places.js';
import { countryCodes, isCountryCode } from './countries.js';

const published = new URL('../../../../shared/data/us-county-fips.csv', import.meta.url);

describe('counties and states', () => {
  it('knows San Diego in California', () => {
    expect(countyName('06073')).toBe('San Diego');
    expect(counties().get('06073')).toEqual({ name: 'San Diego', stateFips: '06' });
    expect(stateName('06')).toBe('California');
    expect(statePostalCode('06')).toBe('CA');
  });

  it('takes the new codes of Alaska and Connecticut and the old ones of both', () => {
    for (const fips of ['02063', '02066', '02261', '09110', '09190', '09001', '09015']) {
      expect(isCountyFips(fips)).toBe(true);
    }
    expect(countyName('09110')).toBe('Capitol Planning Region');
  });

  it('refuses what is no code', () => {
    for (const text of ['', '6073', '06000', '06073 ', '99999', '０６０７３', 'toString']) {
      expect(isCountyFips(text)).toBe(false);
      expect(countyName(text)).toBeNull();
    }
    for (const text of ['', '6', '03', '99', 'CA', 'toString']) {
      expect(isStateFips(text)).toBe(false);
      expect(stateName(text)).toBeNull();
      expect(statePostalCode(text)).toBeNull();
    }
  });

  it('names the state of every county', () => {
    for (const [fips, county] of counties()) {
      expect(fips).toMatch(/^\d{5}$/);
      expect(stateName(county.stateFips)).not.toBeNull();
    }
  });

  (existsSync(published) ? it : it.skip)('has every county of the published list (needs ../shared/data)', () => {
    const rows = readFileSync(published, 'utf8').trim().split(/\r?\n/).slice(1);
    expect(rows.map((row) => row.slice(0, 5)).filter((fips) => !isCountyFips(fips))).toEqual([]);
    const named = rows.map((row) => row.split(',')).filter(([, state = '', name]) => stateName(state) !== name);
    expect(named).toEqual([]);
  });
});

describe('countries', () => {
  it('has the 249 codes in order and no reserved one', () => {
    expect(countryCodes()).toHaveLength(249);
    expect(countryCodes()).toEqual([...new Set(countryCodes())].sort());
    expect(['MX', 'CO', 'CN', 'US', 'PR', 'SS', 'BQ'].every(isCountryCode)).toBe(true);
    expect(['', 'mx', 'XK', 'EU', 'UK', 'AN', 'ZZ', 'MEX', 'ＭＸ'].some(isCountryCode)).toBe(false);
  });

  it('has no code that Intl cannot name', () => {
    const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
    expect(countryCodes().filter((code) => names.of(code) === undefined)).toEqual([]);
  });
});

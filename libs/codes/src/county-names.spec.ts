import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { findCountyByName } from './county-names.js';
import { counties } from './places.js';

const published = new URL('../../../../shared/data/us-county-fips.csv', import.meta.url);

describe('counties by their names', () => {
  it.each([
    ['17', 'DE KALB', '17037'],
    ['01', 'DeKalb County', '01049'],
    ['01', 'ST CLAIR', '01115'],
    ['29', 'Saint Francois', '29187'],
    ['29', 'STE GENEVIEVE', '29186'],
    ['24', "PRINCE GEORGE'S", '24033'],
    ['24', 'PRINCE GEORGES', '24033'],
    ['22', 'LA SALLE', '22059'],
    ['22', 'Orleans Parish', '22071'],
    ['35', 'DONA ANA', '35013'],
    ['02', 'ANCHORAGE', '02020'],
    ['02', 'Juneau City and Borough', '02110'],
    ['02', 'WADE HAMPTON', '02158'],
    ['02', 'Chugach Census Area', '02063'],
    ['09', 'FAIRFIELD', '09001'],
    ['09', 'Capitol Planning Region', '09110'],
    ['12', 'DADE', '12086'],
    ['12', 'MIAMI-DADE', '12086'],
    ['46', 'SHANNON', '46102'],
    ['11', 'DISTRICT OF COLUMBIA', '11001'],
    ['72', 'MAYAGÜEZ', '72097'],
    ['66', 'GUAM', '66010'],
    ['32', 'CARSON CITY', '32510'],
    ['51', 'CHARLES CITY', '51036'],
    ['51', 'James City County', '51095'],
  ])('in %s: %s is %s', (state, name, fips) => {
    expect(findCountyByName(state, name)).toBe(fips);
  });

  it.each([
    ['29', 'ST LOUIS', '29189', '29510'],
    ['24', 'BALTIMORE', '24005', '24510'],
    ['51', 'FAIRFAX', '51059', '51600'],
    ['51', 'FRANKLIN', '51067', '51620'],
    ['51', 'RICHMOND', '51159', '51760'],
    ['51', 'ROANOKE', '51161', '51770'],
  ])('in %s: %s is the county, with "city" the city', (state, name, county, city) => {
    expect(findCountyByName(state, name)).toBe(county);
    expect(findCountyByName(state, `${name} COUNTY`)).toBe(county);
    expect(findCountyByName(state, `${name} CITY`)).toBe(city);
  });

  it('knows a city that has no county beside it under both names', () => {
    expect(findCountyByName('51', 'NORFOLK CITY')).toBe('51710');
    expect(findCountyByName('51', 'Norfolk')).toBe('51710');
  });

  it('guesses nothing', () => {
    for (const [state, name] of [
      ['06', 'San Diago'],
      ['06', 'County'],
      ['06', ''],
      ['06', 'Los Angeles City'],
      ['51', 'Bedford City'],
      ['99', 'San Diego'],
      ['', ''],
    ] as const)
      expect([name, findCountyByName(state, name)]).toEqual([name, null]);
  });

  it('finds every county of the list by its name in the list, but for cities of the same name', () => {
    const lost = [...counties()].filter(([fips, { name, stateFips }]) => findCountyByName(stateFips, name) !== fips);
    expect(lost.map(([fips]) => fips).sort()).toEqual(['24510', '29510', '51600', '51620', '51760', '51770']);
  });

  (existsSync(published) ? it : it.skip)('finds every county of the published list (needs ../shared/data)', () => {
    const rows = readFileSync(published, 'utf8').trim().split(/\r?\n/).slice(1);
    const lost = rows
      .map((row) => row.split(','))
      .filter(([fips = '', state = '', , name = '']) => findCountyByName(state, name) !== fips);
    expect(rows.length).toBeGreaterThan(3_000);
    expect(lost).toEqual([]);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { DEA_CODES } from './dea-codes.data.js';
import { SUBSTANCE_CATEGORIES, type SubstanceCategory } from './enumerations.js';
import { categoryOf, isDeaCode, substanceName } from './substances.js';

const published = new URL('../../../../shared/data/dea-drug-codes.csv', import.meta.url);

describe('DEA codes', () => {
  it('has 450 distinct codes of four digits in order, each with a clean name', () => {
    const codes = DEA_CODES.map(([code]) => code);
    expect(codes).toHaveLength(450);
    expect(codes).toEqual([...new Set(codes)].sort());
    for (const [code, name] of DEA_CODES) {
      expect(code).toMatch(/^\d{4}$/);
      expect(name).toBe(name.normalize('NFC').trim());
      expect(name).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(name.length).toBeLessThanOrEqual(160);
    }
  });

  it('knows names and refuses what is no code', () => {
    expect(substanceName('9801')).toBe('Fentanyl');
    expect(substanceName('4000')).toBe('Anabolic steroids');
    expect(isDeaCode('9801')).toBe(true);
    for (const text of ['', '980', '98010', ' 9801', '９８０１', '9999', 'constructor', '__proto__']) {
      expect(isDeaCode(text)).toBe(false);
      expect(substanceName(text)).toBeNull();
      expect(categoryOf(text)).toBe('UNKNOWN');
    }
  });

  it.each<[string, SubstanceCategory]>([
    ['9801', 'FENTANYL'],
    ['9821', 'FENTANYL'],
    ['9816', 'FENTANYL'],
    ['9743', 'FENTANYL'],
    ['9838', 'FENTANYL'],
    ['8366', 'PRECURSOR'],
    ['8333', 'PRECURSOR'],
    ['8501', 'PRECURSOR'],
    ['9254', 'PRECURSOR'],
    ['9802', 'PRECURSOR'],
    ['9200', 'HEROIN'],
    ['9041', 'COCAINE'],
    ['1105', 'METHAMPHETAMINE'],
    ['1100', 'OTHER_STIMULANT'],
    ['7545', 'OTHER_STIMULANT'],
    ['7360', 'CANNABIS'],
    ['7370', 'CANNABIS'],
    ['7118', 'OTHER'],
    ['7398', 'OTHER'],
    ['4000', 'OTHER'],
    ['7315', 'HALLUCINOGEN'],
    ['7405', 'HALLUCINOGEN'],
    ['7437', 'HALLUCINOGEN'],
    ['7471', 'HALLUCINOGEN'],
    ['7285', 'HALLUCINOGEN'],
    ['2010', 'DEPRESSANT'],
    ['2882', 'DEPRESSANT'],
    ['8192', 'DEPRESSANT'],
    ['9143', 'OTHER_OPIOID'],
    ['9300', 'OTHER_OPIOID'],
    ['9600', 'OTHER_OPIOID'],
    ['9614', 'OTHER_OPIOID'],
    ['9752', 'OTHER_OPIOID'],
    ['9803', 'OTHER_OPIOID'],
    ['9873', 'OTHER_OPIOID'],
  ])('%s is %s', (code, category) => {
    expect(categoryOf(code)).toBe(category);
  });

  it('files every name with fentanyl in it under FENTANYL, but for its precursor', () => {
    const fentanyls = DEA_CODES.filter(([, name]) => /fentan[iy]l/i.test(name)).map(([code]) => code);
    expect(fentanyls.filter((code) => categoryOf(code) !== 'FENTANYL')).toEqual(['8366']);
  });

  it('gives every code a class of the list', () => {
    for (const [code] of DEA_CODES) {
      expect(SUBSTANCE_CATEGORIES).toContain(categoryOf(code));
      expect(categoryOf(code)).not.toBe('UNKNOWN');
    }
  });

  (existsSync(published) ? it : it.skip)('has the codes of the published list (needs ../shared/data)', () => {
    const rows = readFileSync(published, 'utf8').trim().split(/\r?\n/).slice(1);
    expect(DEA_CODES.map(([code]) => code)).toEqual(rows.map((row) => row.slice(0, 4)));
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isPlain, looksLikeAnother } from './look-alike.js';

describe('looksLikeAnother', () => {
  it.each([
    ['plain', '2026-000123/A_b.c#4'],
    ['accents of one script', 'Señal 12-É'],
    ['Cyrillic that is plainly so', 'Дело 12'],
    ['Greek that is plainly so', 'ΔΛ-12'],
    ['Chinese beside Latin', '案件 A-12'],
    ['Arabic', 'قضية ١٢'],
    ['Gothic', '𐍈𐍉'],
    ['no letter at all', '№ 12'],
  ])('lets %s be: %s', (_what, text) => {
    expect(looksLikeAnother(text)).toBe(false);
  });

  it.each([
    ['a Cyrillic letter in Latin', 'CАSE-12'],
    ['a Greek one', 'CASE-Ο'],
    ['Cyrillic letters that all look Latin', 'АВС-123'],
    ['Greek letters that all look Latin', 'ΑΒΗ'],
    ['full-width digits', '１２３'],
    ['mathematical letters', '𝒜-12'],
    ['digits of two systems', '12-١٢'],
    ['Armenian beside Latin', 'Հello'],
    ['a space that does not break', 'A\u00A012'],
    ['an en dash', 'A–12'],
    ['a minus', 'A−12'],
  ])('stops %s: %s', (_what, text) => {
    expect(looksLikeAnother(text)).toBe(true);
  });

  it('never stops what is plain, whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => isPlain(text) && !looksLikeAnother(text)));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof looksLikeAnother(text) === 'boolean'));
  });
});

import { describe, expect, it } from '@jest/globals';
import { decodeCursor, encodeCursor, pageSize, toPage } from './paging.js';

const place = { at: '2026-11-22T10:00:00.000Z', id: '3f1f9a9e-4d0a-4b9a-9c55-9d0a0a4d8f11' };

describe('cursors', () => {
  it('come back as they went', () => {
    expect(decodeCursor('record', encodeCursor('record', place))).toEqual(place);
  });

  it.each(
    [
      [
        '',
        'not base64 of anything',
        Buffer.from('["record","x","y"]').toString('base64url'),
        encodeCursor('alert', place),
      ],
    ].flat(),
  )('of another list, or made up, are refused: %s', (cursor) => {
    expect(() => decodeCursor('record', cursor)).toThrow(/not a cursor/);
  });

  it('are optional', () => {
    expect(decodeCursor('record', null)).toBeNull();
  });
});

describe('pages', () => {
  it.each([0, -1, 201, 1.5, Number.NaN])('of %d are refused', (first) => {
    expect(() => pageSize(first)).toThrow(/1 to 200/);
  });

  it('know that there is more by the row that is not shown', () => {
    const page = toPage([1, 2, 3], 2, (n) => ({ cursor: String(n) }));
    expect(page).toEqual({
      edges: [{ cursor: '1' }, { cursor: '2' }],
      pageInfo: { hasNextPage: true, endCursor: '2' },
    });
    expect(toPage([1], 2, (n) => ({ cursor: String(n) })).pageInfo).toEqual({ hasNextPage: false, endCursor: '1' });
  });
});

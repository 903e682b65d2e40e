import { systemClock } from '@concord/platform/clock';
import { VerifiedTokens } from './verified-tokens.js';

const subjectUntil = (expiresAt: Date) => ({
  issuer: 'urn:test',
  subject: 'somebody',
  tokenId: '1',
  expiresAt,
  session: null,
});
const later = (): Date => new Date(Date.now() + 3_600_000);

describe('tokens whose signature was found good', () => {
  it('are known by every byte, the signature too', () => {
    const tokens = new VerifiedTokens(systemClock);
    const subject = subjectUntil(later());
    tokens.add('head.body.signature', subject);
    expect(tokens.get('head.body.signature')).toBe(subject);
    for (const other of ['head.body.signaturf', 'head.bodz.signature', 'heae.body.signature', 'head.body.'])
      expect(tokens.get(other)).toBeNull();
  });

  it('are judged anew once they have run out', () => {
    const tokens = new VerifiedTokens(systemClock);
    tokens.add('head.body.signature', subjectUntil(new Date(Date.now() - 1)));
    expect(tokens.get('head.body.signature')).toBeNull();
    expect(tokens.size).toBe(0);
  });

  it('are so many and no more', () => {
    const tokens = new VerifiedTokens(systemClock);
    for (let n = 0; n < 1_500; n += 1) tokens.add(`head.body.${n}`, subjectUntil(later()));
    expect(tokens.size).toBe(1_000);
    expect(tokens.get('head.body.499')).toBeNull();
    expect(tokens.get('head.body.500')).not.toBeNull();
  });
});

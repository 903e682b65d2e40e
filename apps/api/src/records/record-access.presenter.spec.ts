import { presentAudienceKey } from './record-access.presenter.js';

describe('presentAudienceKey', () => {
  it.each([
    ['agency:a', 'Harbor Police', 'Harbor Police'],
    ['taskforce:t', 'Pipeline', 'Members of task force Pipeline'],
    ['state:06', null, 'State agencies of California'],
    ['nation:us', null, 'Federal agencies'],
    ['county:06073', null, 'Local and tribal agencies of San Diego, CA'],
    ['region:sw', 'Southwest HIDTA', 'Local and tribal agencies of the counties of Southwest HIDTA'],
  ])('says of %s who carries it', (key, name, label) => {
    expect(presentAudienceKey({ key, precision: 'PARTNER', name })).toMatchObject({ key, label, precision: 'PARTNER' });
  });
});

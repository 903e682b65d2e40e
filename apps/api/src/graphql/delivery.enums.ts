import { DELIVERY_CHANNELS, DELIVERY_STATES, WEBHOOK_STATES } from '@concord/delivery';
import { schemaEnum } from './schema-enum.js';

export const DeliveryChannelEnum = schemaEnum(DELIVERY_CHANNELS, 'DeliveryChannel', 'How an alert is delivered.', {
  LIVE: 'Into the inbox, from where `alertRaised` streams it.',
  WEBHOOK: 'Posted to an address of its owner’s.',
});

export const DeliveryStateEnum = schemaEnum(DELIVERY_STATES, 'DeliveryState', 'Where a delivery stands.', {
  PENDING: 'On its way, or waiting for its next attempt.',
  DELIVERED: 'The receiver took it; live: it is in the inbox.',
  WITHHELD: 'When it was to be sent you had no key to the record any more, or no seat: nothing was sent.',
  DEAD: 'Given up; `reason` says why, `replayDelivery` sends it once more.',
});

export const WebhookStateEnum = schemaEnum(WEBHOOK_STATES, 'WebhookState', 'Where a webhook stands.', {
  UNVERIFIED: 'Its receiver has yet to say back the challenge; nothing else is sent until then.',
  ACTIVE: 'What comes into your inbox is posted to it.',
  ENDED: 'Nothing is posted any more; `endedBecause` says why.',
});

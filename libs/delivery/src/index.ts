export { deliverAlerts } from './deliver-alerts.js';
export { reviseAlerts } from './revise-alerts.js';
export {
  DELIVERY_CHANNELS,
  DELIVERY_STATES,
  findDeadDeliveries,
  findDeliveries,
  replayDelivery,
  type AlertDelivery,
} from './delivery.reader.js';
export { SEND_FAULTS, type SendOutcome } from './channels/channel.js';
export { kindOfAddress, networksOf } from './channels/webhook/allowed-address.js';
export { postOnce, type PostOptions, type Resolve } from './channels/webhook/post-once.js';
export { claimPushes, finishPush, type ClaimedPush } from './channels/webhook/push-queue.js';
export { sendAlert, sendChallenge } from './channels/webhook/send-webhook.js';
export { makeSecret, openSecret } from './channels/webhook/webhook-secret.js';
export {
  addWebhook,
  findWebhooks,
  MOST_WEBHOOKS,
  removeWebhook,
  rotateWebhookSecret,
  WEBHOOK_STATES,
  type WebhookRow,
} from './channels/webhook/webhook.store.js';

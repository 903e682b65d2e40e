export { deliverAlerts } from './deliver-alerts.js';
export { reviseAlerts } from './revise-alerts.js';

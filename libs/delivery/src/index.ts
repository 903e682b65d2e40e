export { deliverAlerts } from './deliver-alerts.js';

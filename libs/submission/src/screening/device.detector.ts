import type { NumberRun } from './numbers.js';
import { placeOf, type Place } from './place.js';

const MAC = /(?<![A-Za-z0-9])[0-9A-F]{2}(?:[:-][0-9A-F]{2}){5}(?![A-Za-z0-9])/gi;
const IPV4 = /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])/g;
const LABELLED =
  /\b(?:imei|meid|imsi|iccid|esn|sim|serial(?: (?:no|number))?|s\/n)\b[\s:#.]{0,4}(?=[A-Za-z-]{0,6}\d)[A-Za-z0-9-]{6,24}/gi;

/** Devices: IMEI (15 digits with their check digit), hardware and Internet addresses, serial numbers. */
export function devicesIn(text: string, runs: readonly NumberRun[]): Place[] {
  const found = [MAC, IPV4, LABELLED].flatMap((form) => [...text.matchAll(form)].map(placeOf));
  return [...found, ...whole(runs, (digits) => /^\d{15}$/.test(digits) && luhn(digits))];
}

const UPS = /(?<![A-Za-z0-9])1Z(?:[\s-]?[A-Z0-9]){16}(?![A-Za-z0-9])/gi;
const S10 = /(?<![A-Za-z0-9])[A-Z]{2}\s?\d{3}\s?\d{3}\s?\d{3}\s?[A-Z]{2}(?![A-Za-z0-9])/gi;
const TRACKING =
  /\b(?:tracking|trk|waybill|awb|gu[ií]a|fedex|ups|usps|dhl|estafeta|parcel)\b(?:\s{0,2}(?:no\b\.?|num(?:ber)?\b\.?|n[uú]mero\b|#|:|is\b)){0,3}[\s:#.-]{0,4}(?=[A-Za-z]{0,4}\d)[A-Za-z0-9][A-Za-z0-9-]{7,33}(?![A-Za-z0-9])/gi;

/** Parcels: numbers of UPS, USPS, FedEx and the post of any country (S10). */
export function parcelsIn(text: string, runs: readonly NumberRun[]): Place[] {
  const found = [UPS, S10, TRACKING].flatMap((form) => [...text.matchAll(form)].map(placeOf));
  return [...found, ...whole(runs, isTracked)];
}

function isTracked(digits: string): boolean {
  if (/^(?:9[1-5]|82|420)\d{18,28}$/.test(digits)) return true;
  if (digits.length === 12) return weighed(digits, [3, 1, 7]);
  return digits.length === 20 || digits.length === 22 || digits.length === 34;
}

/** FedEx's twelve digits: the last is the sum of the others by 3, 1, 7, modulo 11 and 10. */
function weighed(digits: string, weights: readonly number[]): boolean {
  const sum = [...digits.slice(0, -1)].reduce(
    (total, digit, index) => total + Number(digit) * (weights[index % weights.length] ?? 0),
    0,
  );
  return (sum % 11) % 10 === Number(digits.at(-1));
}

const CHAIN =
  /(?<![A-Za-z0-9])(?:0x[0-9A-Fa-f]{40}|bc1[02-9ac-hj-np-z]{11,71}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|T[1-9A-HJ-NP-Za-km-z]{33}|4[0-9AB][1-9A-HJ-NP-Za-km-z]{93})(?![A-Za-z0-9])/g;
const BANK =
  /\b(?:account|acct|a\/c|cuenta|clabe|iban|routing|aba|card|tarjeta)\b(?:\s{0,2}(?:no\b\.?|num(?:ber)?\b\.?|n[uú]mero\b|#|:|is\b|ending(?: in)?)){0,3}[\s:#.-]{0,4}(?=[A-Z]{0,4}\d)[A-Za-z0-9-]{4,34}/gi;

/** Accounts: card numbers (13 to 19 digits with their check digit), CLABE, IBAN, addresses of crypto-currencies; any other number of 16 digits, or of 11 in one piece. */
export function accountsIn(text: string, runs: readonly NumberRun[]): Place[] {
  const found = [CHAIN, BANK].flatMap((form) => [...text.matchAll(form)].map(placeOf));
  const pieces = runs.flatMap(({ parts }) => parts.filter(({ digits }) => digits.length >= 11 && !isInstant(digits)));
  return [
    ...found,
    ...pieces,
    ...whole(runs, (digits) => digits.length >= 16 || (digits.length >= 13 && luhn(digits))),
  ];
}

/** Runs in which nothing but spaces and dashes stands between the digits, as a whole. */
function whole(runs: readonly NumberRun[], is: (digits: string) => boolean): Place[] {
  return runs.flatMap(({ parts }) => {
    const [first, last] = [parts[0], parts.at(-1)];
    if (first === undefined || last === undefined || parts.length > 40) return [];
    if (parts.slice(1).some(({ gap }) => !/^[\s.-]{1,2}$/.test(gap))) {
      return parts.filter(({ digits }) => is(digits)).map(({ from, to }) => ({ from, to }));
    }
    return is(parts.map(({ digits }) => digits).join('')) ? [{ from: first.from, to: last.to }] : [];
  });
}

function luhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0 && /[1-9]/.test(digits);
}

/** Date and time in one: 20261120031500. */
const isInstant = (digits: string): boolean =>
  /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?$/.test(digits);

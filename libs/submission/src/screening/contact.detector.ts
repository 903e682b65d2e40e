import { placeOf, type Place } from './place.js';

/** Ends of names on the Internet that are no words of English or Spanish after a full stop. */
const ENDS =
  '(?:com|net|org|edu|gov|mil|info|biz|io|co|mx|us|ru|cn|uk|ca|es|app|dev|xyz|onion|gg|tv|ly|li|gl|online|site|shop|club|chat|icu|top|live|link|page|store|cc|ws|eu|de|fr|br|gt|hn|sv|me)';
const DOT = String.raw`(?:\s?\.\s?|\s?[([{]\s?(?:dot|punto|\.)\s?[)\]}]\s?|\s(?:dot|punto)\s)`;
const HOST = String.raw`[A-Za-z0-9][A-Za-z0-9-]{0,62}`;
/** Behind an at sign; what comes before it is looked for backwards, so that no text is read twice. */
const AFTER_SIGN = new RegExp(String.raw`^\s{0,2}${HOST}(?:${DOT}${HOST}){0,4}?${DOT}[A-Za-z]{2,24}\b`, 'i');
const AFTER_WORD = new RegExp(String.raw`^\s{0,2}${HOST}(?:${DOT}${HOST}){0,4}?${DOT}${ENDS}\b`, 'i');
const AT = /\s?[([{]\s?(?:at|@|arroba)\s?[)\]}]\s?|\s?@\s?|\s(?:at|arroba)\s/gi;
const BEFORE = /[A-Za-z0-9](?:[A-Za-z0-9._%+-]{0,63})$/;
const SPELLED_BEFORE = /[A-Za-z0-9](?:[A-Za-z0-9._%+-]|\s(?:dot|punto|underscore|dash|guion)\s){0,63}$/i;

/** E-mail addresses: also "name at example dot com". */
export function emailsIn(text: string): Place[] {
  const found: Place[] = [];
  for (const at of text.matchAll(AT)) {
    const sign = /@|[([{]|arroba/i.test(at[0]);
    const end = at.index + at[0].length;
    const host = (sign ? AFTER_SIGN : AFTER_WORD).exec(text.slice(end, end + 200));
    const head = text.slice(Math.max(0, at.index - 80), at.index);
    const name = (sign ? BEFORE : SPELLED_BEFORE).exec(head);
    if (host === null || name === null) continue;
    found.push({ from: at.index - name[0].length, to: end + host[0].length });
  }
  return found;
}

const SCHEME =
  /\b(?:https?|hxxps?|ftp|tor|tg|whatsapp|signal)\s?:\s?\/\/\s?[^\s"'<>]{1,300}|\bwww\s?\.\s?[^\s"'<>]{2,200}/gi;
const DOMAIN = new RegExp(
  String.raw`(?<![A-Za-z0-9@.-])${HOST}(?:\.${HOST}){0,3}?\.(?:com|net|org|edu|gov|mil|info|biz|io|mx|ru|cn|app|dev|xyz|onion|gg|online|site|shop|club|chat|icu|link|page|store|eu|t\.me)\b(?:/[^\s"'<>]{0,300})?`,
  'gi',
);
const SHORT_LINK = /\b(?:t|wa|m|ig|fb|bit|discord|linktr)\.(?:me|ly|gg|ee)\/[^\s"'<>]{1,200}/gi;
const SPELLED_DOMAIN = new RegExp(
  String.raw`\b${HOST}(?:\s(?:dot|punto)\s|\s?[([{]\s?(?:dot|punto|\.)\s?[)\]}]\s?)(?:com|net|org|edu|gov|info|io|mx|onion)\b`,
  'gi',
);

/** Addresses on the Internet: links, host names, "example dot com". */
export function urlsIn(text: string): Place[] {
  return [SCHEME, DOMAIN, SHORT_LINK, SPELLED_DOMAIN].flatMap((form) => [...text.matchAll(form)].map(placeOf));
}

const HANDLE = /(?<![A-Za-z0-9._%+-])@\s?[A-Za-z][A-Za-z0-9_.]{1,40}/g;
const NETWORK =
  /\b(?:instagram|insta|ig|snapchat|snap|telegram|tele?gram|tiktok|tik tok|facebook|fb|wickr|signal|threema|whatsapp|twitter|kik|discord|session|wire|xbox|psn|venmo|cash ?app|zelle)\b(?:\s{1,2}(?:user(?:name)?|handle|account|acct|name|id|screen name|cuenta|usuario))?\s{0,2}(?:(?<sign>[:@=]|is)\s{0,2}@?)?\s{0,2}(?<name>[$@]?[A-Za-z0-9_.-]{2,40})/gi;
const LABELLED = /\b(?:user ?name|handle|screen name|usuario)\s{0,2}(?:[:=]|is|es)\s{0,2}@?[A-Za-z0-9_.-]{2,40}/gi;

const A_NETWORK =
  /insta|ig|snap|tele?gram|tik ?tok|facebook|fb|wickr|signal|threema|whatsapp|twitter|kik|discord|session|wire|xbox|psn|venmo|cash ?app|zelle|user|handle|screen name|usuario/i;

/** Names of accounts: "@name", or a name behind that of a network. */
export function handlesIn(text: string): Place[] {
  const found = text.includes('@') ? [...text.matchAll(HANDLE)].map(placeOf) : [];
  if (!A_NETWORK.test(text)) return found;
  found.push(...[...text.matchAll(LABELLED)].map(placeOf));
  for (const match of text.matchAll(NETWORK)) {
    const { sign, name = '' } = match.groups ?? {};
    const explicit = sign !== undefined || /user|handle|acc|screen|cuenta|usuario|\sid\b/i.test(match[0]);
    if (/^(?:logo|stamp|sticker|app|icon|bag|mark|messages?|on|in|with|and|was|used|group)s?$/i.test(name)) continue;
    if (explicit || /[_$@]|[A-Za-z]\d|\d[A-Za-z]/.test(name)) found.push(placeOf(match));
  }
  return found;
}

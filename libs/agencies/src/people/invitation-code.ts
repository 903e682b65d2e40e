import { createHash, randomBytes } from 'node:crypto';

/** Marks a code as ours, so that whoever finds one knows what it is. */
const PREFIX = 'cci_';
/** 160 bits: found by nobody who tries. */
const BYTES = 20;
const CODE = /^cci_[A-Za-z0-9_-]{27}$/;

/** A fresh code. It is shown once and stored nowhere. */
export const newInvitationCode = (): string => PREFIX + randomBytes(BYTES).toString('base64url');

/** What is stored of a code. Without salt: a code is random, and two invitations never share one. */
export const invitationDigest = (code: string): Buffer => createHash('sha256').update(code, 'utf8').digest();

/** Whether a text can be a code at all; what cannot is answered like one that is wrong. */
export const isInvitationCode = (text: string): boolean => CODE.test(text);

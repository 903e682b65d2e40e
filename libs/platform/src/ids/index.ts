import { randomUUID } from 'node:crypto';

/** A random UUID (version 4): shared ids say nothing about what they name, nor about when it was made. */
export const newId = (): string => randomUUID();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text from outside can be an id at all; what cannot is answered like an id that does not exist. */
export const isId = (text: string): boolean => UUID.test(text);

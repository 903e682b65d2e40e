/** UAX #15, section 13 (Stream-Safe Text Format): no language puts more marks on one letter. */
const TOO_MANY_MARKS = /\p{M}{31}/u;

/**
 * A text in NFC, so that what looks the same is the same. Marks of one letter are put into their order one by one, which
 * takes the square of their number: 128,000 of them, which fit into a request, held the process for 17 s. So a text with
 * more than 30 in a row, which nobody writes, is left as it is.
 */
export const toNfc = (text: string): string => (TOO_MANY_MARKS.test(text) ? text : text.normalize('NFC'));

/**
 * Removes characters that change the direction of the text after them, and so could reverse a line of a list. Arabic and
 * Hebrew are shown correctly without them. Joiners stay, because scripts and emoji need them.
 */
export const withoutDirection = (text: string): string => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, '');

/**
 * A text as it is stored, by whichever way it was sent: with plain line ends, and without direction characters, and NULs
 * and lone surrogates, which PostgreSQL can't store.
 */
export const storableText = (sent: string): string =>
	withoutDirection(sent).replaceAll('\r\n', '\n').replaceAll('\0', '').toWellFormed();

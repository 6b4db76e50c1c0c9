/**
 * A text as it is stored, by whichever way it was sent: with plain line ends, and without NULs and lone surrogates, which
 * PostgreSQL can't store.
 */
export const storableText = (sent: string): string => sent.replaceAll('\r\n', '\n').replaceAll('\0', '').toWellFormed();

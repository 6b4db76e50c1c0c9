/**
 * Characters that change the direction of the text after them, and so could reverse a line of a list. Arabic and Hebrew
 * are shown correctly without them. Joiners are not among them, because scripts and emoji need them.
 */
const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/g;
// eslint-disable-next-line no-control-regex -- the control characters are removed
const CONTROL = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g;
const LINE_BREAK = /\r\n?|[\v\f\u0085\u2028\u2029]/g;

/**
 * A text as it is stored, by whichever way it was sent: with plain line ends, and without direction and control characters
 * and lone surrogates. PostgreSQL can't store surrogates and NUL. Word processors copy a line break as a vertical tab.
 */
export const storableText = (sent: string): string =>
	sent.replace(LINE_BREAK, '\n').replace(DIRECTION, '').replace(CONTROL, '').toWellFormed();

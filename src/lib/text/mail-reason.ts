/** What stood in the way of a letter, as far as a mail server's words tell. */
export type MailReason =
	'unreachable' | 'slow' | 'later' | 'sign_in' | 'address' | 'full' | 'policy' | 'cut' | 'died' | 'other';

/** The first that fits; numbers are the server's replies (RFC 5321) and enhanced codes (RFC 3463). */
const SIGNS: readonly [MailReason, RegExp][] = [
	['died', /worker died/i],
	['sign_in', /^(?:53[0458]|454)\b|invalid login|authentication/i],
	['unreachable', /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|certificate/i],
	['slow', /timed? ?out|timeout/i],
	['full', /\b[45]\.2\.2\b|^[45]52\b|quota|mailbox full/i],
	['policy', /\b[45]\.7\.\d+\b|relay|spam|blocked|blacklist|policy/i],
	['address', /\b5\.[12]\.\d+\b|^55[013]\b/],
	['later', /^4\d\d\b/],
	['cut', /connection closed|ECONNRESET|socket/i]
];

export function mailReason(said: string): MailReason {
	return SIGNS.find(([, sign]) => sign.test(said))?.[0] ?? 'other';
}

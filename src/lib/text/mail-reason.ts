/** Why an e-mail could not be sent, as far as the mail server's error message shows. */
export type MailReason =
	'unreachable' | 'slow' | 'later' | 'sign_in' | 'address' | 'full' | 'policy' | 'cut' | 'died' | 'other';

/** Words with which servers refuse our sign-in, sender or network. */
export const OF_SENDER =
	/\bsender\b|relay|authenti|\bspf\b|spam|blocked|(?:black|block) ?list|\brbl\b|dnsbl|polic|reputation|prohibit|access denied|\b(?:helo|ehlo)\b|reverse dns|\bptr\b/i;

/** The first match is used. Numbers are the server's replies (RFC 5321) and enhanced codes (RFC 3463). */
const ERROR_PATTERNS: readonly [MailReason, RegExp][] = [
	['died', /^worker_died$/],
	['sign_in', /^(?:53[0458]|454)\b|invalid login|authentication/i],
	['unreachable', /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|certificate/i],
	['slow', /timed? ?out|timeout/i],
	['full', /\b[45]\.2\.2\b|^[45]52\b|quota|mailbox full/i],
	['policy', /\b[45]\.7\.\d+\b|\b5\.1\.[78]\b/],
	// Exchange Online refuses an unknown recipient with 5.4.1 and "Access denied".
	['address', /\b5\.[12]\.[1-9]|\b5\.4\.1\b.*\brecipient\b/i],
	['policy', OF_SENDER],
	['address', /\b5\.[12]\.0\b|^55[013]\b/],
	['later', /^4\d\d\b/],
	['cut', /connection closed|ECONNRESET|socket/i]
];

export function mailReason(message: string): MailReason {
	return ERROR_PATTERNS.find(([, sign]) => sign.test(message))?.[0] ?? 'other';
}

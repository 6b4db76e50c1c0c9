import type { ParsedMail } from '#lib/server/integrations/mail/mime.ts';

const BULK = /^(bulk|list|junk|auto[_-]reply)$/i;
/** Mailboxes that no person reads. */
const DAEMON = /^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|tidak-?membalas|bounces?)([+.-].*)?@/i;

/**
 * Why a program wrote the message, as a code; undefined if a person may have written it. Such a message opens and changes
 * nothing and is never answered: two programs that answer each other would not stop.
 *
 * @param own addresses of the office and of this site, in lower case
 */
export function machineReason({ headers, from, contentType, files }: ParsedMail, own: readonly string[]) {
	const automatic = headers['auto-submitted']?.split(';')[0]?.trim().toLowerCase();
	if (automatic && automatic !== 'no') return 'auto_submitted';
	if (BULK.test(headers.precedence?.trim() ?? '')) return 'bulk';
	if (headers['list-id'] !== undefined) return 'list';
	if (headers['x-auto-response-suppress'] !== undefined) return 'auto_submitted';
	if (headers['return-path']?.replace(/\s/g, '') === '<>') return 'null_sender';
	const [sender] = from;
	const address = sender?.address.toLowerCase() ?? '';
	if (DAEMON.test(address)) return 'daemon';
	if (own.includes(address)) return 'own_address';
	if (contentType === 'multipart/report') return 'report';
	const isInvitation = ({ contentType: type, params }: ParsedMail['files'][number]) =>
		type === 'text/calendar' && params.method !== undefined;
	return files.some(isInvitation) || contentType === 'text/calendar' ? 'invitation' : undefined;
}

const PGP = /^-----BEGIN PGP MESSAGE-----$/m;
const SMIME = /^application\/(x-)?pkcs7-mime$/;

/** Why a person has to read the message in the mailbox itself, as a code; undefined if it can be processed. */
export function unreadableReason({ from, contentType, text, files }: ParsedMail): string | undefined {
	if (from.length === 0 || !from[0]?.address.includes('@')) return 'no_sender';
	if (from.length > 1) return 'several_senders';
	const encrypted = contentType === 'multipart/encrypted' || SMIME.test(contentType) || PGP.test(text);
	return encrypted || files.some((file) => SMIME.test(file.contentType)) ? 'encrypted' : undefined;
}

/** A smaller picture in the text is a logo or an icon of a signature. A screenshot or a photo is larger. */
const DECORATION_BYTES = 15_000;

/** Signatures, their small pictures, and address cards that programs add. They are not files that the sender chose. */
export const isAddition = ({ contentType, inline, bytes }: ParsedMail['files'][number]): boolean =>
	(inline && bytes.length < DECORATION_BYTES) ||
	/^(application\/(x-)?pkcs7-signature|application\/pgp-signature|text\/(x-)?vcard)$/.test(contentType);

/**
 * Parses e-mails with mailparser in a thread of its own, so that parsing of a malicious message can be stopped. `mime.ts`
 * starts and terminates it. This file runs outside the bundle, so it imports nothing of the product.
 */
import { parentPort } from 'node:worker_threads';
import { htmlToText } from 'html-to-text';
import { simpleParser, type AddressObject, type ParsedMail as Parsed, type StructuredHeader } from 'mailparser';

/** An address and the name before it. */
export interface MailAddress {
	name: string;
	address: string;
}

export interface MailFile {
	name: string;
	contentType: string;
	/** Parameters of the content type, such as `method` of an invitation. */
	params: Record<string, string>;
	/** Embedded in the text, such as the logo of a signature or a picture that was pasted. */
	inline: boolean;
	bytes: Uint8Array<ArrayBuffer>;
}

export interface ParsedMail {
	/** All addresses of all `From` headers. With more than one, the sender is unknown. */
	from: MailAddress[];
	subject: string;
	/** Message-IDs that the message answers, the nearest first, without angle brackets. */
	answers: string[];
	/** Addresses in `To`, `Cc` and `Delivered-To`. */
	to: string[];
	/** First occurrence of the headers that say what kind of mail it is, by lower-case name. */
	headers: Record<string, string>;
	contentType: string;
	contentParams: Record<string, string>;
	/** The text, or the text of the HTML. Remote images are never loaded. */
	text: string;
	files: MailFile[];
}

export interface MimeJob {
	bytes: Uint8Array;
	maxTextCharacters: number;
	maxHtmlCharacters: number;
	maxHtmlTags: number;
	maxParts: number;
	maxHeadBytes: number;
}
export type FromMimeWorker = { mail: ParsedMail } | { fault: 'too_complex' | 'unreadable' };

const port = parentPort;
if (!port) throw new Error('this file runs as a worker');

const addressesOf = (headers: AddressObject | AddressObject[] | undefined): MailAddress[] =>
	[headers ?? []]
		.flat()
		.flatMap(({ value }) => value)
		.flatMap((one) => one.group ?? [one])
		.flatMap(({ name, address }) => (address ? [{ name, address }] : []));

const idsIn = (value: string): string[] => [...value.matchAll(/<([^<>\s]{3,400})>/g)].map(([, id = '']) => id);

const structured = (value: unknown): StructuredHeader =>
	typeof value === 'object' && value !== null && 'params' in value
		? (value as StructuredHeader)
		: { value: 'text/plain', params: {} };

/** The headers that say what kind of mail it is. Others are ignored. */
const KEPT_HEADERS = new Set([
	'auto-submitted',
	'in-reply-to',
	'list-id',
	'precedence',
	'references',
	'return-path',
	'x-auto-response-suppress'
]);

async function parse(job: MimeJob): Promise<ParsedMail> {
	const mail = await simpleParser(Buffer.from(job.bytes), {
		skipHtmlToText: true,
		skipTextToHtml: true,
		skipImageLinks: true,
		keepCidLinks: true,
		keepDeliveryStatus: true,
		checksumAlgo: false,
		maxChildNodes: job.maxParts,
		maxHeadSize: job.maxHeadBytes
	});
	const headers: Record<string, string> = {};
	for (const { key, line } of mail.headerLines) {
		if (KEPT_HEADERS.has(key)) headers[key] ??= line.slice(line.indexOf(':') + 1).trim();
	}
	const answers = [...idsIn(headers['in-reply-to'] ?? ''), ...idsIn(headers.references ?? '').toReversed()];
	const deliveredTo = mail.headers.get('delivered-to');
	const { value, params } = structured(mail.headers.get('content-type'));
	return {
		from: sendersOf(mail),
		subject: mail.subject ?? '',
		answers: answers.slice(0, MAX_ANSWERS),
		to: [mail.to, mail.cc, isAddresses(deliveredTo) ? deliveredTo : undefined]
			.flatMap(addressesOf)
			.map(({ address }) => address),
		headers,
		contentType: value.toLowerCase(),
		contentParams: params,
		text: capped(textOf(mail, job), job.maxTextCharacters),
		files: mail.attachments.map((file) => ({
			name: file.filename ?? '',
			contentType: file.contentType,
			params: structured(file.headers.get('content-type')).params,
			inline: file.related === true,
			bytes: new Uint8Array(file.content)
		}))
	};
}

/** Ends a text that was cut. In the language of the office, because it is stored with the text. */
const CUT = ' …\n\n(Teks dipotong. Selengkapnya ada di kotak surat kantor.)';
const capped = (text: string, most: number): string =>
	text.length > most ? text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '') + CUT : text;

const MAX_ANSWERS = 50;

const isAddresses = (value: unknown): value is AddressObject =>
	typeof value === 'object' && value !== null && 'value' in value && Array.isArray(value.value);

/** Repeats the addresses if there are several `From` headers, so that the sender counts as unknown. */
function sendersOf(mail: Parsed): MailAddress[] {
	const from = addressesOf(mail.from);
	return mail.headerLines.filter(({ key }) => key === 'from').length > 1 ? [...from, ...from] : from;
}

function textOf(mail: Parsed, { maxHtmlCharacters, maxHtmlTags }: MimeJob): string {
	if (mail.text?.trim()) return mail.text;
	const html = capped(String(mail.html || ''), maxHtmlCharacters);
	if (html.split('<').length > maxHtmlTags) throw new RangeError('max tags exceeded');
	return html && htmlToText(html, HTML_AS_TEXT);
}

/** Links keep their address. Images are dropped, because many only track whether the mail was read. */
const HTML_AS_TEXT = {
	wordwrap: false as const,
	selectors: [
		{ selector: 'img', format: 'skip' },
		{ selector: 'a', options: { hideLinkHrefIfSameAsText: true, ignoreHref: false } },
		...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table'].map((selector) => ({ selector, options: { uppercase: false } }))
	],
	limits: { maxDepth: 60, ellipsis: ' …' }
};

port.on('message', (job: MimeJob) => {
	parse(job).then(
		(mail) =>
			port.postMessage({ mail } satisfies FromMimeWorker, [...new Set(mail.files.map(({ bytes }) => bytes.buffer))]),
		(cause: unknown) => {
			const tooMany = /max|exceeded/i.test(String(cause));
			port.postMessage({ fault: tooMany ? 'too_complex' : 'unreadable' } satisfies FromMimeWorker);
		}
	);
});

import { z } from 'zod';
import { boundedCall, type CallResult } from '../bounded-call.ts';

/** How to reach the Cloud API with one number. */
export interface WhatsAppSettings {
	/** `https://graph.facebook.com`, or the sandbox. */
	baseUrl: string;
	/** `v23.0` */
	version: string;
	phoneNumberId: string;
	token: string;
}

interface Choice {
	id: string;
	title: string;
}

/** A message as the domain writes it, with at most ten rows or three buttons. */
export type Outgoing =
	| { kind: 'text'; text: string }
	| { kind: 'list'; text: string; button: string; rows: readonly (Choice & { description?: string })[] }
	| { kind: 'buttons'; text: string; buttons: readonly Choice[] }
	/** A text that Meta approved. */
	| { kind: 'template'; name: string; language: string };

export type SendOutcome =
	| { kind: 'sent'; externalId: string }
	/**
	 * Not accepted, and another attempt may succeed: no connection, too many messages. `retryAfterMs`: the wait that the
	 * service asked for.
	 */
	| { kind: 'later'; reason: string; retryAfterMs?: number }
	/** The service refuses this message. */
	| { kind: 'refused'; reason: SendRefusal }
	/** The service may have accepted the message. */
	| { kind: 'unknown'; reason: string };

/** Why the service refuses a message. `code_…`: an error that has no words of its own. */
export type SendRefusal = 'window_over' | 'undeliverable' | 'token' | `code_${number}`;

/** Longest attempt to send a message. */
const SEND_LIMIT_MS = 30_000;
const MEDIA_MS = 60_000;
const JSON_BYTES = 256 * 1024;

/**
 * Limits of WhatsApp: characters, and numbers of rows and buttons. `text` is also the text above a list. `title` and
 * `description` belong to a row.
 */
const TEXT_LIMITS = { text: 4096, buttonsText: 1024, title: 24, button: 20, description: 72, rows: 10, buttons: 3 };

const cut = (text: string, most: number) =>
	[...text].length > most ? `${[...text].slice(0, most - 1).join('')}…` : text;

function bodyOf(message: Outgoing): Record<string, unknown> {
	const text = (most: number) => ('text' in message ? cut(message.text, most) : '');
	switch (message.kind) {
		case 'text':
			return { type: 'text', text: { body: text(TEXT_LIMITS.text), preview_url: false } };
		case 'template':
			return { type: 'template', template: { name: message.name, language: { code: message.language } } };
		case 'list': {
			const rows = message.rows.slice(0, TEXT_LIMITS.rows).map(({ id, title, description }) => ({
				id,
				title: cut(title, TEXT_LIMITS.title),
				description: description ? cut(description, TEXT_LIMITS.description) : undefined
			}));
			const action = { button: cut(message.button, TEXT_LIMITS.button), sections: [{ rows }] };
			return { type: 'interactive', interactive: { type: 'list', body: { text: text(TEXT_LIMITS.text) }, action } };
		}
		case 'buttons': {
			const buttons = message.buttons
				.slice(0, TEXT_LIMITS.buttons)
				.map(({ id, title }) => ({ type: 'reply', reply: { id, title: cut(title, TEXT_LIMITS.button) } }));
			const body = { text: text(TEXT_LIMITS.buttonsText) };
			return { type: 'interactive', interactive: { type: 'button', body, action: { buttons } } };
		}
	}
}

const address = ({ baseUrl, version }: WhatsAppSettings, path: string) =>
	`${baseUrl.replace(/\/+$/, '')}/${version}/${path}`;

function call(settings: WhatsAppSettings, path: string, body?: unknown): Promise<CallResult> {
	return boundedCall({
		method: body === undefined ? 'GET' : 'POST',
		url: address(settings, path),
		headers: {
			authorization: `Bearer ${settings.token}`,
			accept: 'application/json',
			'content-type': 'application/json'
		},
		body: body === undefined ? undefined : JSON.stringify(body),
		ms: SEND_LIMIT_MS,
		maxBytes: JSON_BYTES
	});
}

const accepted = z.object({ messages: z.tuple([z.object({ id: z.string().min(1).max(256) })], z.unknown()) });
const refused = z.object({ error: z.object({ code: z.coerce.number().int() }) });

/**
 * Sends a message. An answer that cannot be read means `unknown`, because the service may have accepted the message.
 * @param to a number, or the user id of a person who hides it
 * @param ownId returned with the statuses of the message
 */
export async function sendMessage(
	settings: WhatsAppSettings,
	to: string,
	message: Outgoing,
	ownId: string
): Promise<SendOutcome> {
	const isNumber = /^\+?\d+$/.test(to);
	const receiver = isNumber ? { to } : { recipient_type: 'individual', recipient: to };
	const body = { messaging_product: 'whatsapp', ...receiver, ...bodyOf(message), biz_opaque_callback_data: ownId };
	const result = await call(settings, `${encodeURIComponent(settings.phoneNumberId)}/messages`, body);
	if ('error' in result) return { kind: result.hasPossiblyArrived ? 'unknown' : 'later', reason: result.error };
	const { status, json, retryAfterMs } = result;
	const externalId = accepted.safeParse(json).data?.messages[0].id;
	if (status < 300 && externalId) return { kind: 'sent', externalId };
	const code = refused.safeParse(json).data?.error.code;
	const mayBeTaken = status >= 500 && OPEN_CODES.includes(code ?? 0);
	if (code !== undefined && PASSING_CODES.includes(code) && !mayBeTaken)
		return { kind: 'later', reason: `code_${code}`, retryAfterMs };
	if (status >= 500) return { kind: 'unknown', reason: `http_${status}` };
	if (code !== undefined) return { kind: 'refused', reason: refusalOfCode(code) };
	if (status === 429) return { kind: 'later', reason: 'http_429', retryAfterMs };
	if (status >= 400 && status < 500) return { kind: 'refused', reason: status === 401 ? 'token' : `code_${status}` };
	return { kind: 'unknown', reason: `http_${status}` };
}

/** Too many messages, or a fault of the service. All but `OPEN_CODES` say that the message was not taken. */
const PASSING_CODES: readonly number[] = [131056, 130429, 80007, 1, 2, 4, 131000, 131016, 131057];
/** "API Unknown" and "API Service": with a status from 500 they do not say whether the message was taken. */
const OPEN_CODES: readonly number[] = [1, 2];
const REFUSALS: Readonly<Record<number, SendRefusal>> = {
	131047: 'window_over',
	131026: 'undeliverable',
	190: 'token'
};

/** The reason in a status `failed`. */
export const refusalOfCode = (code: number): SendRefusal => REFUSALS[code] ?? `code_${code}`;

/**
 * Codes that concern one recipient or one message, and not the connection. A recipient may be part of an experiment of
 * Meta, be in another country, be the office itself, or want no such messages. The values, the kind or the file of a
 * message may be refused. 400 and 422 are statuses of gateways and proxies for the same.
 */
const OF_ONE_MESSAGE = [
	130472, 130497, 131008, 131009, 131021, 131030, 131049, 131050, 131051, 131052, 131053, 400, 422
];
const ONCE: readonly SendRefusal[] = [
	'window_over',
	'undeliverable',
	...OF_ONE_MESSAGE.map((code) => `code_${code}` as const)
];

/** Whether a refusal concerns all messages: the key, the account, its payment or the settings. */
export const isOfConnection = (reason: SendRefusal): boolean => !ONCE.includes(reason);

/**
 * Faults of the key, the permission, the account, its payment or the number, and of the address of a gateway. None of
 * them accepted the message. 302 and 303 are missing, because a gateway may show its result with them.
 */
const REPAIRABLE: readonly SendRefusal[] = [
	'token',
	...([10, 131005, 131031, 131042, 133010, 301, 307, 308, 404, 405] as const).map((code) => `code_${code}` as const)
];

/** Whether a message that was refused for this reason can be sent once an administrator repaired the connection. */
export const isRepairable = (reason: SendRefusal): boolean => REPAIRABLE.includes(reason);

const mediaAddress = z.object({
	url: z.string().min(1).max(4096),
	file_size: z.coerce.number().optional().catch(undefined)
});

/** A file, or why it is missing: `expired` also if it never existed, `token` if the token may not fetch it. */
export type Media =
	{ bytes: Buffer; mediaType: string } | { missing: 'expired' | 'too_large' | 'unreachable' | 'token' };

/** Error of a token that lacks the permission. */
const NO_PERMISSION = 10;

/** Why a response has no file; undefined if it has one. A file is gone only if the service itself says so. */
function whyNoFile({ status, json }: { status: number; json: unknown }) {
	if (status < 300) return undefined;
	const code = refused.safeParse(json).data?.error.code ?? 0;
	if (status === 401 || status === 403 || code === 190 || code === NO_PERMISSION) return 'token';
	const isTemporary = status < 400 || status >= 500 || status === 429 || PASSING_CODES.includes(code);
	return isTemporary ? 'unreachable' : 'expired';
}

/** Fetches a file. Its address is valid for about five minutes, so it is asked for each time. */
export async function fetchMedia(settings: WhatsAppSettings, mediaId: string, maxBytes: number): Promise<Media> {
	const found = await call(settings, encodeURIComponent(mediaId));
	if ('error' in found) return { missing: 'unreachable' };
	const { data } = mediaAddress.safeParse(found.json);
	const noAddress = whyNoFile(found);
	if (noAddress || !data) return { missing: noAddress ?? 'unreachable' };
	if ((data.file_size ?? 0) > maxBytes) return { missing: 'too_large' };
	const headers = { authorization: `Bearer ${settings.token}` };
	const file = await boundedCall({ method: 'GET', url: data.url, headers, ms: MEDIA_MS, maxBytes });
	if ('error' in file) return { missing: file.error === 'too_large' ? 'too_large' : 'unreachable' };
	const missing = whyNoFile(file);
	return missing ? { missing } : { bytes: file.bytes, mediaType: file.mediaType };
}

const numberInfo = z.object({ display_phone_number: z.string().max(40) });

/** Asks the service about the number, as a test of the settings. */
export async function checkNumber(
	settings: WhatsAppSettings
): Promise<{ number: string } | { problem: 'unreachable' | 'token' | 'number' }> {
	const result = await call(settings, `${encodeURIComponent(settings.phoneNumberId)}?fields=display_phone_number`);
	if ('error' in result) return { problem: 'unreachable' };
	const number = numberInfo.safeParse(result.json).data?.display_phone_number;
	if (result.status < 300 && number) return { number };
	const code = refused.safeParse(result.json).data?.error.code;
	if (result.status === 401 || code === 190) return { problem: 'token' };
	return { problem: result.status >= 500 ? 'unreachable' : 'number' };
}

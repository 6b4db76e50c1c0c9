import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { firstCharacters } from '#lib/text/cut-text.ts';

/** Kinds of messages that the Cloud API names. Every other kind counts as `unsupported`. */
const MESSAGE_KINDS = [
	'text',
	'image',
	'document',
	'audio',
	'video',
	'location',
	'contacts',
	'sticker',
	'interactive',
	'reaction',
	'system',
	'unsupported'
] as const;
type MessageKind = (typeof MESSAGE_KINDS)[number];

export interface WhatsAppMessage {
	id: string;
	from: {
		/** Stays the same when a person hides their number behind a username. */
		userId: string | null;
		/** Digits with the country code. */
		number: string | null;
		name: string | null;
	};
	at: Date;
	kind: MessageKind;
	/** Text, caption, place or contacts; the title of a chosen row or button; the sign of a reaction. */
	text: string;
	/** `voice`: whether the app recorded the sound itself. Absent if the service does not say. */
	media: { id: string; mediaType: string; name: string | null; voice?: boolean } | null;
	/** Id of the row or button that the person chose. */
	chosen: string | null;
	/** Id of the message to which this one replies. */
	repliesTo: string | null;
}

export const DELIVERY_STATES = ['sent', 'delivered', 'read', 'failed'] as const;

/** What became of a message that we sent. */
export interface WhatsAppStatus {
	/** Id that the service gave the message. */
	externalId: string;
	/** Our own id of the message, if the service returns it. */
	ownId: string | null;
	state: (typeof DELIVERY_STATES)[number];
	/** Error code of a failed message. */
	code: number | null;
}

/** The events of one webhook call that concern one phone number of the office. */
export interface NumberEvents {
	phoneNumberId: string;
	messages: WhatsAppMessage[];
	/** Messages in another shape than the documented one, as they came. */
	unreadable: unknown[];
	statuses: WhatsAppStatus[];
}

const SIGNATURE = /^sha256=([0-9a-f]{64})$/i;

/** Whether a header `X-Hub-Signature-256` has the form of a signature. `isSigned` checks the signature itself. */
export const isSignature = (header: string | null): boolean => SIGNATURE.test(header ?? '');

/** Whether the header `X-Hub-Signature-256` is the HMAC-SHA-256 of the raw body under the app's secret. */
export function isSigned(body: Uint8Array, header: string | null, appSecret: string): boolean {
	const [, hex] = SIGNATURE.exec(header ?? '') ?? [];
	if (!hex || !appSecret) return false;
	return timingSafeEqual(Buffer.from(hex, 'hex'), createHmac('sha256', appSecret).update(body).digest());
}

/** Maximum number of characters kept of a text. WhatsApp allows 4,096. */
const MAX_TEXT = 10_000;

const id = z.string().min(1).max(256);
const optionalId = id.nullish().catch(null);
const words = z
	.string()
	.transform((text) => firstCharacters(text, MAX_TEXT))
	.catch('');
const short = z
	.string()
	.transform((text) => text.slice(0, 200).trim() || null)
	.nullish()
	.catch(null);
/** A time in another unit must not lose the message. It becomes 1970, and `storeArrived` then uses the present. */
const seconds = z.coerce
	.number()
	.int()
	.min(1_000_000_000)
	.max(99_999_999_999)
	.catch(0)
	.transform((value) => new Date(value * 1000));

/** A part of a message that counts as missing if it has another shape. */
const part = <T extends z.ZodRawShape>(shape: T) => z.object(shape).nullish().catch(null);
const voice = z.boolean().optional().catch(undefined);
const media = part({ id, mime_type: words, caption: words.optional(), filename: short, voice });
const chosen = part({ id, title: words });

const message = z.object({
	id,
	from: z
		.string()
		.regex(/^\+?\d{5,20}$/)
		.nullish()
		.catch(null),
	from_user_id: optionalId,
	timestamp: seconds,
	type: z.string(),
	context: part({ id: optionalId }),
	text: part({ body: words }),
	image: media,
	document: media,
	audio: media,
	video: media,
	sticker: media,
	location: part({ latitude: z.coerce.number(), longitude: z.coerce.number(), name: short, address: short }),
	contacts: z
		.array(
			z.object({
				name: part({ formatted_name: short }),
				phones: z
					.array(z.object({ phone: short }))
					.max(20)
					.catch([])
			})
		)
		.max(50)
		.catch([]),
	interactive: part({ list_reply: chosen, button_reply: chosen }),
	/** A button of a template. */
	button: part({ payload: id, text: words }),
	reaction: part({ message_id: optionalId, emoji: words })
});

const status = z.object({
	id,
	status: z.enum(DELIVERY_STATES),
	biz_opaque_callback_data: optionalId,
	errors: z
		.array(z.object({ code: z.coerce.number().int() }))
		.nullish()
		.catch(null)
});

const contact = z.object({ wa_id: optionalId, user_id: optionalId, profile: part({ name: short }) });

/** Maximum number of entries read from one list. Meta sends at most 1,000 in a call, so of a longer one nothing is read. */
const MAX_ENTRIES = 1000;

/** An array without its invalid entries. It is empty if it is longer than `MAX_ENTRIES`. */
const list = <T extends z.ZodType>(item: T) =>
	z
		.array(z.unknown())
		.catch([])
		.transform((entries) =>
			entries.length > MAX_ENTRIES ? [] : entries.flatMap((entry) => item.safeParse(entry).data ?? [])
		);

const value = z.object({
	metadata: z.object({ phone_number_id: id }),
	contacts: list(contact),
	// A longer list counts as one message in another shape, so that a person looks at it.
	messages: z
		.array(z.unknown())
		.catch([])
		.transform((entries) => (entries.length > MAX_ENTRIES ? [entries] : entries)),
	statuses: list(status)
});

const envelope = z.object({ entry: list(z.object({ changes: list(z.object({ value })) })) });

/**
 * Reads the parsed body of a call. Groups messages and statuses by the office's number that they concern, in the order
 * in which they came. Ignores other values, because the next version of the API may add some. Never throws.
 */
export function readWebhook(body: unknown): NumberEvents[] {
	const { data } = envelope.safeParse(body);
	return (data?.entry ?? []).flatMap(({ changes }) =>
		changes.map(({ value: { metadata, contacts, messages, statuses } }) => {
			const read = messages.map((one) => messageOf(one, contacts));
			return {
				phoneNumberId: metadata.phone_number_id,
				messages: read.flatMap((one) => one ?? []),
				unreadable: messages.filter((_, index) => !read[index]),
				statuses: statuses.map((one) => ({
					externalId: one.id,
					ownId: one.biz_opaque_callback_data ?? null,
					state: one.status,
					code: one.errors?.[0]?.code ?? null
				}))
			};
		})
	);
}

type RawMessage = z.output<typeof message>;

/** Reads a message; undefined if it has no id, type or sender. */
function messageOf(value: unknown, contacts: readonly z.output<typeof contact>[]): WhatsAppMessage | undefined {
	const { data: raw } = message.safeParse(value);
	if (!raw) return undefined;
	const number = raw.from?.replace(/^\+/, '') ?? null;
	const person = contacts.find(
		({ wa_id, user_id }) => (number && wa_id === number) || (raw.from_user_id && user_id === raw.from_user_id)
	);
	const userId = raw.from_user_id ?? person?.user_id ?? null;
	if (!userId && !number) return undefined;
	const kind = MESSAGE_KINDS.find((one) => one === raw.type) ?? (raw.type === 'button' ? 'interactive' : 'unsupported');
	const file = mediaOf(raw, kind);
	return {
		id: raw.id,
		from: { userId, number, name: person?.profile?.name ?? null },
		at: raw.timestamp,
		kind,
		text: textOf(raw, kind).trim(),
		media: file ? { id: file.id, mediaType: file.mime_type, name: file.filename ?? null, voice: file.voice } : null,
		chosen: choiceOf(raw)?.id ?? raw.button?.payload ?? null,
		repliesTo: raw.context?.id ?? raw.reaction?.message_id ?? null
	};
}

const choiceOf = ({ interactive }: RawMessage) => interactive?.list_reply ?? interactive?.button_reply;

function mediaOf(raw: RawMessage, kind: MessageKind) {
	const isMedia = kind === 'image' || kind === 'document' || kind === 'audio' || kind === 'video' || kind === 'sticker';
	return isMedia ? raw[kind] : undefined;
}

function textOf(raw: RawMessage, kind: MessageKind): string {
	switch (kind) {
		case 'text':
			return raw.text?.body ?? '';
		case 'location': {
			const { location: place } = raw;
			return place
				? [place.name, place.address, `${place.latitude}, ${place.longitude}`].filter(Boolean).join('\n')
				: '';
		}
		case 'contacts':
			return raw.contacts
				.map(({ name, phones }) =>
					[name?.formatted_name, ...phones.map(({ phone }) => phone)].filter(Boolean).join(' ')
				)
				.join('\n');
		case 'interactive':
			return choiceOf(raw)?.title ?? raw.button?.text ?? '';
		case 'reaction':
			return raw.reaction?.emoji ?? '';
		default:
			return mediaOf(raw, kind)?.caption ?? '';
	}
}

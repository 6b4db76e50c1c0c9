import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';

/** Values for demo and tests. They need not be secret: the sandbox listens on loopback, and all its people are invented. */
export const WHATSAPP_SANDBOX = {
	token: 'sandbox-whatsapp-token',
	appSecret: 'sandbox-whatsapp-app-secret',
	verifyToken: 'sandbox-whatsapp-verify',
	version: 'v23.0',
	phoneNumberId: '100000000004011',
	number: '+62 811 0000 4011'
} as const;

/** A button or list row of a message. */
interface Choice {
	id: string;
	title: string;
	description?: string;
}

/** A message on the phone of an invented citizen. `fromCitizen`: the citizen wrote it, not the site. */
export interface PhoneMessage {
	id: string;
	fromCitizen: boolean;
	at: string;
	text: string;
	choices: Choice[];
	/** Label of the button that opens a list; undefined for buttons. */
	listButton?: string;
	media?: string;
	state: string;
}

/** A message id in Meta's format, which contains the citizen's number. */
const messageId = (number: string) =>
	`wamid.${Buffer.from(`\x1c\x18${String.fromCharCode(number.length)}${number}\x15\x02\0\x12\x18\x14${randomBytes(10).toString('hex')}\0`).toString('base64')}`;

/** Faults that people and tests switch on. */
export interface Faults {
	/** Number of copies of each webhook, sent at the same time. */
	repeat: number;
	/** Webhooks leave in random order. */
	randomOrder: boolean;
	/** The sandbox accepts the site's messages and sends no HTTP response. */
	loseResponse: boolean;
	/** The sandbox refuses the site's messages with this error code. */
	error: number | null;
	/** Every file has expired before the site downloads it. */
	filesExpired: boolean;
	/** No statuses are sent. */
	withoutStatuses: boolean;
}
export const NO_FAULTS: Faults = {
	repeat: 1,
	randomOrder: false,
	loseResponse: false,
	error: null,
	filesExpired: false,
	withoutStatuses: false
};

/** How long an address of a file is valid, as at Meta. */
const MEDIA_MS = 5 * MINUTE_MS;
/** Between two attempts to deliver a webhook. */
const LONGEST_WAIT_MS = 16_000;

export interface Media {
	bytes: Buffer;
	mediaType: string;
	name: string | null;
	until: number;
}

/** Delivers one signed call of the webhook. @returns the status of the response */
export type Deliver = (body: string, signature: string) => Promise<number>;

/** The state of the sandbox: phones, files, faults, and the webhooks that it sends. */
export class SandboxState {
	readonly media = new Map<string, Media>();
	faults: Faults = { ...NO_FAULTS };
	/** Maximum attempts to deliver a webhook. A response with status 200 ends them. Meta retries for days. */
	attempts = 6;
	/** Every body that the site sent, for tests that search them. */
	readonly received: unknown[] = [];
	private readonly phones = new Map<string, PhoneMessage[]>();
	private readonly open = new Set<Promise<void>>();
	private held: unknown[] = [];
	private readonly deliver: Deliver;

	constructor(deliver: Deliver) {
		this.deliver = deliver;
	}

	phone(number: string): PhoneMessage[] {
		const messages = this.phones.get(number) ?? [];
		this.phones.set(number, messages);
		return messages;
	}

	numbers(): string[] {
		return [...this.phones.keys()];
	}

	addMedia(bytes: Buffer, mediaType: string, name: string | null): string {
		const id = String(now().getTime()) + randomBytes(3).toString('hex');
		this.media.set(id, { bytes, mediaType, name, until: now().getTime() + MEDIA_MS });
		return id;
	}

	/** The citizen sends a message. `payload`: its part of the webhook, such as `{ type: 'text', text: { body } }`. */
	say(
		number: string,
		name: string,
		payload: Record<string, unknown>,
		shown: Pick<PhoneMessage, 'text' | 'media'>
	): string {
		const id = messageId(number);
		const at = now();
		this.phone(number).push({ id, fromCitizen: true, at: at.toISOString(), choices: [], state: '', ...shown });
		const timestamp = String(Math.floor(at.getTime() / 1000));
		this.send({
			contacts: [{ profile: { name }, wa_id: number }],
			messages: [{ from: number, id, timestamp, ...payload }]
		});
		return id;
	}

	/** The site's message arrives on the phone. Its statuses follow by webhook. */
	receive(number: string, message: Pick<PhoneMessage, 'text' | 'choices' | 'listButton'>, ownId: unknown): string {
		const id = messageId(number);
		const shown: PhoneMessage = { id, fromCitizen: false, at: now().toISOString(), state: 'sent', ...message };
		this.phone(number).push(shown);
		for (const status of this.faults.withoutStatuses ? [] : ['sent', 'delivered', 'read']) {
			const timestamp = String(Math.floor(now().getTime() / 1000));
			const data = typeof ownId === 'string' ? { biz_opaque_callback_data: ownId } : {};
			this.send({ statuses: [{ id, status, timestamp, recipient_id: number, ...data }] });
			shown.state = status;
		}
		return id;
	}

	/** Sends one webhook. With `randomOrder`, waits up to 1.5 s and then sends a random one of those that wait. */
	private send(value: Record<string, unknown>): void {
		this.held.push({
			field: 'messages',
			value: {
				messaging_product: 'whatsapp',
				metadata: { display_phone_number: WHATSAPP_SANDBOX.number, phone_number_id: WHATSAPP_SANDBOX.phoneNumberId },
				...value
			}
		});
		const leaving = this.faults.randomOrder ? wait(Math.random() * 1500) : Promise.resolve();
		this.track(
			leaving.then(async () => {
				const [change] = this.held.splice(
					this.faults.randomOrder ? Math.floor(Math.random() * this.held.length) : 0,
					1
				);
				const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [change] }] });
				await Promise.all(Array.from({ length: this.faults.repeat }, () => this.retryUntilAccepted(body)));
			})
		);
	}

	/** Sends a webhook again until the site responds with 200, as Meta does. */
	private async retryUntilAccepted(body: string): Promise<void> {
		const signature = `sha256=${createHmac('sha256', WHATSAPP_SANDBOX.appSecret).update(body).digest('hex')}`;
		for (let attempt = 1; attempt <= this.attempts; attempt += 1) {
			const status = await this.deliver(body, signature).catch(() => 0);
			if (status === 200) return;
			await wait(Math.min(500 * 2 ** attempt, LONGEST_WAIT_MS));
		}
	}

	private track(work: Promise<void>): void {
		this.open.add(work);
		void work.finally(() => this.open.delete(work));
	}

	/** Waits until the site has accepted every webhook, or its attempts are used up. */
	async settled(): Promise<void> {
		while (this.open.size > 0) await Promise.all(this.open);
	}
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
	contentType,
	formBody,
	isForeign,
	json,
	jsonBody,
	listenLocally,
	readRequest,
	refusal,
	seeOther,
	send,
	type Incoming,
	type SandboxResponse
} from '#lib/dev/lapor-sandbox/http.ts';
import { handleGraph, handleMedia } from './api.ts';
import { messagesOf, phonePage } from './page.ts';
import { SandboxState, type Deliver, type Faults } from './store.ts';

const FIRST_PHONE = { number: '6281240001234', name: 'Rahma' };

interface WhatsAppSandboxOptions {
	/** 0: any free port. */
	port: number;
	deliver: Deliver;
}

/** Delivers webhooks to a site. */
export const toSite =
	(origin: string): Deliver =>
	async (body, signature) => {
		const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
		const response = await fetch(`${origin}/api/hooks/whatsapp`, { method: 'POST', headers, body });
		await response.arrayBuffer();
		return response.status;
	};

/** Starts a stand-in for WhatsApp's Cloud API, with a page that plays the phones of citizens. */
export async function startWhatsAppSandbox({ port, deliver }: WhatsAppSandboxOptions) {
	const store = new SandboxState(deliver);
	const server = createServer((request, response) => void handle(request, response).catch(() => response.destroy()));

	async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const incoming = await readRequest(request);
		if (!incoming) return send(response, refusal(413, 'The request is too large.'));
		const { pathname } = incoming.url;
		if (/^\/v\d+\.\d+\//.test(pathname)) return handleGraph(store, incoming, url, response);
		if (pathname.startsWith('/berkas/')) return handleMedia(store, incoming, response);
		if (isForeign(incoming)) return send(response, refusal(403, 'Forms of other sites are not taken.'));
		send(response, (await page(store, incoming)) ?? refusal(404, 'Not found.'));
	}

	const { url, close } = await listenLocally(server, port);
	return { url, store, close };
}

const html = (body: string): SandboxResponse => ({
	status: 200,
	headers: {
		'content-type': 'text/html; charset=utf-8',
		'content-security-policy':
			"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'",
		'x-content-type-options': 'nosniff'
	},
	body
});

async function page(store: SandboxState, incoming: Incoming): Promise<SandboxResponse | undefined> {
	const { url, method } = incoming;
	const form =
		method === 'POST' && contentType(incoming) !== 'application/json' ? await fieldsOf(incoming) : url.searchParams;
	const text = (name: string) => {
		const value = form.get(name);
		return typeof value === 'string' ? value : '';
	};
	const number = text('number').replace(/\D/g, '') || FIRST_PHONE.number;
	const name = text('name') || FIRST_PHONE.name;
	const back = seeOther(`/?number=${number}&name=${encodeURIComponent(name)}`);
	switch (`${method} ${url.pathname}`) {
		case 'GET /healthz':
			return json(200, { status: 'ok' });
		case 'GET /':
			return html(phonePage(store, number, name));
		case 'GET /pesan':
			return html(messagesOf(store, number));
		case 'GET /_received':
			return json(200, store.received);
		case 'POST /_faults':
			store.faults = { ...store.faults, ...(jsonBody(incoming) as Partial<Faults>) };
			return json(200, store.faults);
		case 'POST /gangguan': {
			const on = (box: string) => text(box) !== '';
			const flags = {
				randomOrder: on('randomOrder'),
				loseResponse: on('loseResponse'),
				filesExpired: on('filesExpired'),
				withoutStatuses: on('withoutStatuses')
			};
			store.faults = { ...flags, repeat: Number(text('repeat')) || 1, error: Number(text('error')) || null };
			return back;
		}
		case 'POST /kirim':
			store.say(number, name, { type: 'text', text: { body: text('text') } }, { text: text('text') });
			return back;
		case 'POST /pilih':
			choose(store, number, name, text('message'), text('choice'));
			return back;
		case 'POST /kirim-berkas': {
			const file = form.get('file');
			if (file instanceof File)
				sendFile(store, number, name, file.name, file.type, Buffer.from(await file.arrayBuffer()));
			return back;
		}
		case 'POST /suara':
			sendFile(store, number, name, 'suara.ogg', 'audio/ogg; codecs=opus', SAMPLE_VOICE, true);
			return back;
		default:
			return undefined;
	}
}

async function fieldsOf(incoming: Incoming): Promise<FormData | URLSearchParams> {
	if (contentType(incoming) === 'multipart/form-data') return (await formBody(incoming)) ?? new FormData();
	return new URLSearchParams(incoming.body.toString('utf8'));
}

function choose(store: SandboxState, number: string, name: string, messageId: string, choiceId: string): void {
	const message = store.phone(number).find(({ id }) => id === messageId);
	const choice = message?.choices.find(({ id }) => id === choiceId);
	if (!message || !choice) return;
	const type = message.listButton === undefined ? 'button_reply' : 'list_reply';
	const interactive = { type, [type]: { id: choice.id, title: choice.title } };
	store.say(number, name, { type: 'interactive', interactive, context: { id: message.id } }, { text: choice.title });
}

function sendFile(
	store: SandboxState,
	number: string,
	name: string,
	fileName: string,
	mediaType: string,
	bytes: Buffer,
	voice = false
): void {
	const kind = mediaType.startsWith('image/') ? 'image' : mediaType.startsWith('audio/') ? 'audio' : 'document';
	const id = store.addMedia(bytes, mediaType, fileName);
	const more = { document: { filename: fileName }, audio: { voice }, image: {} }[kind];
	store.say(number, name, { type: kind, [kind]: { id, mime_type: mediaType, ...more } }, { text: '', media: id });
}

/** A third of a second of a quiet tone, as WhatsApp records it: Opus in Ogg. */
export const SAMPLE_VOICE = Buffer.from(
	[
		'T2dnUwACAAAAAAAAAAABAAAAAAAAAHoOhMEBE09wdXNIZWFkAQE4AUAfAAAAAABPZ2dTAAAAAAAAAAAAAAEAAAABAAAAL3J52QEXT3B1c1Rh',
		'Z3MHAAAAc3BhdHVsYQAAAABPZ2dTAASAQwAAAAAAAAEAAAACAAAAHqljMgYwLS0qKyUY4M/AePCIG4jUTY6cMI51dA2lxF5UieZfLQqQhlKz',
		'JFM4pUOM2SIUlaNbiNcC7OwY56oEHoR09LpY0Fx+9LPXkAOMvPDYXk8xn0kBeLZjc5+GLwaqsneRIYzmSLEY56oEHoR09LpYzgG43MuT31QY',
		'QxZbDteu4aPqBdQrQXZOiWF3Mc7CETma7LgY56oEHoR09LuQ+Xfe0nI+DncJiQBUr0ncDH37E54Ryq/yGqCt1V9z54AY56oEHoOcQfdcwXwI',
		'9dJIAWELPfMTKOOVniTLLgWb+oxUl+KG74cQ7jC4GOet0NI1jYchl7HMjjWCogNW4CRN2H6iJ6/9fH/rTa+Z81wmKg=='
	].join(''),
	'base64'
);

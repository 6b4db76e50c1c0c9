import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { json, jsonBody, send, type Incoming, type SandboxResponse } from '#lib/dev/lapor-sandbox/http.ts';
import { now } from '#lib/server/clock.ts';
import { WHATSAPP_SANDBOX, type SandboxState } from './store.ts';

/** An error in the shape of the Graph API. */
const refusal = (status: number, code: number, message: string): SandboxResponse =>
	json(status, { error: { message: `(#${code}) ${message}`, type: 'OAuthException', code } });

const choice = z.object({
	id: z.string().min(1).max(256),
	title: z.string().min(1).max(24),
	description: z.string().max(72).optional()
});
const text = z.object({ text: z.string().min(1).max(1024) });

const sent = z.discriminatedUnion('type', [
	z.object({
		type: z.literal('text'),
		text: z.object({ body: z.string().min(1).max(4096), preview_url: z.literal(false) })
	}),
	z.object({
		type: z.literal('template'),
		template: z.object({ name: z.string().min(1), language: z.object({ code: z.string().min(2) }) })
	}),
	z.object({
		type: z.literal('interactive'),
		interactive: z.discriminatedUnion('type', [
			z.object({
				type: z.literal('list'),
				body: z.object({ text: z.string().min(1).max(4096) }),
				action: z.object({
					button: z.string().min(1).max(20),
					sections: z.tuple([z.object({ rows: z.array(choice).min(1).max(10) })])
				})
			}),
			z.object({
				type: z.literal('button'),
				body: text,
				action: z.object({
					buttons: z
						.array(z.object({ type: z.literal('reply'), reply: choice.extend({ title: z.string().min(1).max(20) }) }))
						.min(1)
						.max(3)
				})
			})
		])
	})
]);

const envelope = z.object({
	messaging_product: z.literal('whatsapp'),
	to: z.string().regex(/^\+?\d{5,20}$/),
	biz_opaque_callback_data: z.string().max(512).optional()
});

function shown(message: z.output<typeof sent>) {
	if (message.type === 'text') return { text: message.text.body, choices: [] };
	if (message.type === 'template') return { text: `[templat: ${message.template.name}]`, choices: [] };
	const { interactive } = message;
	if (interactive.type === 'list') {
		const { button, sections } = interactive.action;
		return { text: interactive.body.text, listButton: button, choices: sections[0].rows };
	}
	const choices = interactive.action.buttons.map(({ reply: { id, title } }) => ({ id, title }));
	return { text: interactive.body.text, choices };
}

/** Handles one call of the Graph API. Messages are checked as Meta checks them, so that a wrong one is refused here too. */
export function handleGraph(store: SandboxState, incoming: Incoming, origin: string, response: ServerResponse): void {
	const [, path = ''] = /^\/v\d+\.\d+\/(.+)$/.exec(incoming.url.pathname) ?? [];
	if (incoming.headers.authorization !== `Bearer ${WHATSAPP_SANDBOX.token}`)
		return send(response, refusal(401, 190, 'Invalid OAuth access token.'));
	const { phoneNumberId, number } = WHATSAPP_SANDBOX;
	if (incoming.method === 'GET' && path === phoneNumberId)
		return send(response, json(200, { display_phone_number: number, id: phoneNumberId }));
	if (incoming.method === 'GET') return send(response, mediaAddress(store, path, origin));
	if (incoming.method !== 'POST' || path !== `${phoneNumberId}/messages`)
		return send(response, refusal(400, 100, 'Unsupported post request.'));
	const body = jsonBody(incoming);
	const head = envelope.safeParse(body);
	const message = sent.safeParse(body);
	if (!head.success || !message.success) return send(response, refusal(400, 100, 'Invalid parameter.'));
	const { error, loseResponse } = store.faults;
	if (error !== null) return send(response, refusal(error === 190 ? 401 : 400, error, 'Fault of the sandbox.'));
	store.received.push(body);
	const to = head.data.to.replace(/^\+/, '');
	const id = store.receive(to, shown(message.data), head.data.biz_opaque_callback_data);
	if (loseResponse) return void response.socket?.destroy();
	send(
		response,
		json(200, { messaging_product: 'whatsapp', contacts: [{ input: to, wa_id: to }], messages: [{ id }] })
	);
}

function mediaAddress(store: SandboxState, id: string, origin: string): SandboxResponse {
	const media = store.media.get(id);
	if (!media || store.faults.filesExpired) return refusal(404, 100, 'Object does not exist.');
	return json(200, { id, url: `${origin}/berkas/${id}`, mime_type: media.mediaType, file_size: media.bytes.length });
}

/** The bytes of a file, for the site with its token or for the phone's own page. */
export function handleMedia(store: SandboxState, incoming: Incoming, response: ServerResponse): void {
	const media = store.media.get(incoming.url.pathname.slice('/berkas/'.length));
	const own = incoming.headers['sec-fetch-site'] === 'same-origin';
	const byToken = incoming.headers.authorization === `Bearer ${WHATSAPP_SANDBOX.token}`;
	if (!media || (!own && (!byToken || media.until < now().getTime())))
		return send(response, refusal(404, 100, 'Gone.'));
	response.writeHead(200, { 'content-type': media.mediaType, 'content-length': media.bytes.length });
	response.end(media.bytes);
}

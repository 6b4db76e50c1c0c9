import { setTimeout as wait } from 'node:timers/promises';
import { request, type Dispatcher } from 'undici';
import { ratingForm } from '../site/client.ts';

const BETWEEN_MS = 700;

/**
 * Simulates citizens. Each reads the form, sends a complaint (every second one with a photo), opens the tracking page
 * and rates, repeatedly until `ended`. Each has its own address.
 *
 * @returns how long each response took, and the unexpected responses
 */
export async function simulateCitizens(
	dispatcher: Dispatcher,
	{
		origin,
		unit,
		citizens,
		photo,
		ended
	}: { origin: string; unit: string; citizens: number; photo: Buffer; ended: () => boolean }
) {
	const times: { step: string; ms: number }[] = [];
	const unexpected: string[] = [];
	const one = async (index: number) => {
		const common = { origin, 'x-forwarded-for': `198.51.100.${index + 1}`, accept: 'text/html' };
		const step = async (name: string, path: string, expected: number, body?: FormData | URLSearchParams) => {
			const began = performance.now();
			const encoded = body && new Response(body);
			const headers = encoded ? { ...common, 'content-type': encoded.headers.get('content-type') ?? '' } : common;
			const sent = encoded ? Buffer.from(await encoded.arrayBuffer()) : null;
			try {
				const response = await request(`${origin}${path}`, {
					dispatcher,
					method: sent ? 'POST' : 'GET',
					headers,
					body: sent
				});
				const text = await response.body.text();
				times.push({ step: name, ms: performance.now() - began });
				if (response.statusCode !== expected) unexpected.push(`${name}: ${response.statusCode} ${text.slice(0, 80)}`);
			} catch (error) {
				unexpected.push(`${name}: ${(error as Error).message}`);
			}
			await wait(BETWEEN_MS);
		};
		await wait(Math.random() * BETWEEN_MS);
		for (let round = index; !ended(); round++) {
			await step('reads the form', `/${unit}/pengaduan`, 200);
			const form = new FormData();
			form.set('body', `Kursi ruang tunggu patah dan antrean tidak bergerak sejak pukul ${round % 12}.`);
			form.set('identity', 'none');
			form.set('submission_id', crypto.randomUUID());
			if (round % 2 === 0) form.set('file', new File([new Uint8Array(photo)], 'kursi.jpg', { type: 'image/jpeg' }));
			await step(round % 2 === 0 ? 'complains with a photo' : 'complains', `/${unit}/pengaduan`, 303, form);
			await step('opens the tracking page', '/lacak', 200);
			await step('rates', `/${unit}/nilai`, 303, ratingForm(unit));
		}
	};
	await Promise.all(Array.from({ length: citizens }, (_, index) => one(index)));
	return { times, refused: unexpected };
}

import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { noisyPhoto } from '#lib/dev/testing/photos.ts';
import { callApi, signIn, submit } from '../site/client.ts';
import { attacks } from './attacks.ts';
import { simulateCitizens } from './citizens.ts';
import { slowUploads } from './slow-uploads.ts';

export interface Office {
	origin: string;
	/** The office's address, and its number. */
	slug: string;
	unit: string;
	token: string;
	password: string;
}

/**
 * Counts of a run. `errors`: responses with 5xx other than "busy" and "no room", broken connections, and refused
 * requests of citizens. `waits`: milliseconds that citizens waited for each response.
 */
export interface Counts {
	requests: number;
	errors: string[];
	waits: number[];
}

const CITIZENS = 20;
const ATTACKERS = 6;
const BETWEEN_STAFF_MS = 200;
const BETWEEN_ATTACKS_MS = 150;
const REQUEST_MS = 120_000;

/**
 * Sends mixed requests until `signal` is aborted: citizens who complain with photos and rate, a member of staff who reads
 * and verifies, another system that uses the API, and attackers with hostile requests and slow uploads.
 */
export async function mixedLoad(office: Office, counts: Counts, signal: AbortSignal): Promise<void> {
	const dispatcher = new Agent({ connections: 64, pipelining: 1, headersTimeout: REQUEST_MS });
	const ended = () => signal.aborted;
	const count = (name: string, status: number | string) => {
		counts.requests += 1;
		if (typeof status === 'string' || (status >= 500 && status !== 503 && status !== 507))
			counts.errors.push(`${name}: ${status}`);
	};
	const make = await attacks(office.slug, office.token);
	let made = 0;
	const endSlow = slowUploads(office.origin, office.slug);
	try {
		const attackers = Array.from({ length: ATTACKERS }, attacker);
		await Promise.all([citizens(office, dispatcher, counts, ended), staff(office, count, ended), ...attackers]);
	} finally {
		endSlow();
		await dispatcher.destroy();
	}

	async function attacker(): Promise<void> {
		while (!ended()) {
			const index = made++;
			const { kind, path, method, headers, body } = await make(index);
			const from = { origin: office.origin, accept: 'text/html', 'x-forwarded-for': `203.0.113.${(index % 250) + 1}` };
			const options = { dispatcher, method, headers: { ...from, ...headers }, body };
			const status = await request(`${office.origin}${path}`, options).then(
				async (response) => {
					await response.body.dump();
					return response.statusCode;
				},
				(error: Error) => error.message
			);
			count(kind, status);
			await wait(BETWEEN_ATTACKS_MS);
		}
	}
}

async function citizens({ origin, slug }: Office, dispatcher: Agent, counts: Counts, ended: () => boolean) {
	const photo = await noisyPhoto(1600, 1200);
	const people = { origin, unit: slug, citizens: CITIZENS, photo, ended };
	const { times, refused } = await simulateCitizens(dispatcher, people);
	counts.requests += times.length;
	counts.errors.push(...refused);
	for (const { ms } of times) counts.waits.push(ms);
}

/** Opens a report by the API, and reads and verifies it at the desk. */
async function staff(
	{ origin, unit, token, password }: Office,
	count: (name: string, status: number | string) => void,
	ended: () => boolean
): Promise<void> {
	const cookie = await signIn(origin, 'admin', password);
	const page = async (path: string) => {
		const response = await fetch(origin + path, { headers: { cookie, accept: 'text/html' } });
		await response.arrayBuffer();
		count(path.replace(/\/cases\/.*/, '/cases'), response.ok ? response.status : `status ${response.status}`);
	};
	const api = async (path: string, body?: unknown) => {
		const answer = await callApi(origin, path, { token, body });
		count(`API ${path}`, answer.status < 400 ? answer.status : `status ${answer.status}`);
		return answer.body;
	};
	while (!ended()) {
		const text = 'Antrean di loket tidak bergerak selama satu jam.';
		const report = { unit, kind: 'complaint', body: text, identity: 'none', submission_id: crypto.randomUUID() };
		const { reference } = await api('/cases', report);
		await page('/desk');
		await page(`/desk/cases/${String(reference)}`);
		const fields = { category: 'time', class: 'plain', priority: 'normal', version: '1' };
		const verified = await submit(origin, `/desk/cases/${String(reference)}/verification`, fields, cookie);
		await verified.body?.cancel();
		count('verification', verified.status === 303 ? 303 : `status ${verified.status}`);
		await page('/desk?status=all&q=loket');
		await page('/insight');
		await api('/cases?status=verified');
		await api('/ratings', { unit, score: 4, submission_id: crypto.randomUUID() });
		await wait(BETWEEN_STAFF_MS);
	}
}

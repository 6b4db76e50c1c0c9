import { SESSION_COOKIE } from '../../src/lib/server/people/sign-in/session.ts';

const PATIENCE_MS = 120_000;

/** One browser without scripts at one address: it keeps its cookies, and nothing of its session. */
export interface Device {
	address: string;
	cookies: Map<string, string>;
}

export const deviceAt = (address: string): Device => ({ address, cookies: new Map() });

async function ask(origin: string, device: Device, path: string, form?: URLSearchParams | FormData): Promise<Response> {
	const cookie = [...device.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
	const answer = await fetch(origin + path, {
		method: form ? 'POST' : 'GET',
		redirect: 'manual',
		// The site trusts one proxy; this is what that proxy would add.
		headers: { origin, cookie, 'x-forwarded-for': device.address },
		body: form,
		signal: AbortSignal.timeout(PATIENCE_MS)
	});
	for (const set of answer.headers.getSetCookie()) {
		const [name = '', value = ''] = (set.split(';')[0] ?? '').split('=');
		if (name !== SESSION_COOKIE) device.cookies.set(name, value);
	}
	return answer;
}

export interface Answer {
	status: number;
	ms: number;
	body: string;
}

export async function send(
	origin: string,
	device: Device,
	path: string,
	form: URLSearchParams | FormData
): Promise<Answer> {
	const began = performance.now();
	const answer = await ask(origin, device, path, form);
	return { status: answer.status, body: await answer.text(), ms: Math.round(performance.now() - began) };
}

/** Opens the sign-in page, as a person does, and sends the form: 303 where it lets them in. */
export async function signInFrom(origin: string, device: Device, username: string, password: string): Promise<Answer> {
	await (await ask(origin, device, '/login')).text();
	return send(origin, device, '/login', new URLSearchParams({ username, password }));
}

export const track = (origin: string, device: Device, receipt: string): Promise<Answer> =>
	send(origin, device, '/lacak', new URLSearchParams({ receipt }));

/** An attacker who guesses without end over many connections at once and never opens the page first. */
export interface Guesser {
	/** How many answers of each status came. */
	answers: Map<number, number>;
	/** Resolves after `count` answers. */
	answered: (count: number) => Promise<void>;
	stop: () => Promise<void>;
}

export function guess(origin: string, address: string, connections: number, username: (n: number) => string): Guesser {
	const answers = new Map<number, number>();
	let going = true;
	let sent = 0;
	let heard = 0;
	const connection = async () => {
		while (going) {
			sent += 1;
			const form = new URLSearchParams({ username: username(sent), password: `tebakan nomor ${sent}` });
			const { status } = await send(origin, deviceAt(address), '/login', form).catch(() => ({ status: 0 }));
			answers.set(status, (answers.get(status) ?? 0) + 1);
			heard += 1;
		}
	};
	const all = Promise.all(Array.from({ length: connections }, connection));
	return {
		answers,
		answered: async (count) => {
			while (heard < count) await new Promise((done) => setTimeout(done, 20));
		},
		stop: async () => {
			going = false;
			await all;
		}
	};
}

import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import { expect, type Browser, type Page } from '@playwright/test';
import { signIn, submit } from '../../scripts/site/client.ts';
import type { Role } from '../../src/lib/cases/vocabulary.ts';
import { listenLocally } from '../../src/lib/dev/lapor-sandbox/http.ts';
import { forwardingTo, SANDBOX_DEFAULTS } from '../../src/lib/dev/lapor-sandbox/options.ts';
import { startSandbox } from '../../src/lib/dev/lapor-sandbox/server.ts';
import { LAPOR_ID_FIELDS, sandboxControl } from '../../src/lib/dev/testing/forwarding/sandbox-control.ts';
import { act, openCase } from './cases.ts';
import { makeAccount, openOwnSite } from './own-site.ts';
import { openAtDesk, openUntil, signedInAt } from './pages.ts';

const UNIT = '7604';

export type ForwardingOffice = Awaited<ReturnType<typeof openForwardingOffice>>;

/**
 * A separate installation with one office, one person who does everything, and the LAPOR sandbox behind a proxy.
 * Automatic look-ups are off, so that people decide.
 */
export async function openForwardingOffice(settings: Record<string, string> = {}) {
	const sandbox = await startSandbox({ ...SANDBOX_DEFAULTS, file: null, port: 0 });
	const proxy = await openProxy(sandbox.url);
	const person = { username: 'penangan', name: 'Siti Rahma', roles: ['handler', 'supervisor', 'admin'] as Role[] };
	const office = { unit: UNIT, unitName: 'BPS Kabupaten Mamuju', unitSlug: 'mamuju' };
	const makePerson = async () => ({ person: await makeAccount(person, office) });
	const site = await openOwnSite('forwarding', makePerson, {
		...forwardingTo(proxy.url),
		LAPOR_LOOKUP: 'off',
		LAPOR_POLL_SECONDS: '1',
		LAPOR_RETRY_SECONDS: '1,1,2',
		...settings
	});
	const { origin } = site;
	const cookie = await signIn(origin, site.person.username, site.person.password);
	const saved = await submit(origin, `/admin/lapor/${UNIT}`, LAPOR_ID_FIELDS, cookie);
	expect(saved.status).toBe(303);

	const { post, faults, reports } = sandboxControl(() => sandbox.url);
	/** Opens and verifies a complaint. @returns its reference and its reporter's receipt */
	const complaint = async (changes: Record<string, unknown> = {}) => {
		const sent = {
			unit: UNIT,
			title: 'Antrean loket dua tidak bergerak',
			body: 'Saya menunggu dua jam di loket dua, dan tidak ada petugas yang memanggil nomor antrean.',
			...changes
		};
		const opened = await openCase(sent, { origin });
		await act(opened.reference, 'verification', { category: 'time', class: 'plain' }, { origin });
		return opened;
	};
	return {
		origin,
		/** From now on, applies the function to each request to LAPOR; without a function, requests pass unchanged. */
		changeRequests: proxy.changeRequests,
		complaint,
		/** Opens and forwards a complaint. `page` is the address of the forward. */
		forwarded: async () => {
			const { reference, receipt } = await complaint();
			const input = { purpose: 'record', reason: 'Perlu tercatat di sistem nasional.' };
			const { escalations } = await act(reference, 'escalations', input, { origin });
			const [forward] = escalations as { id: string }[];
			return { reference, receipt, page: `/desk/escalations/${forward?.id}` };
		},
		reports,
		/** Sets the sandbox's fault plan; without faults it is cleared. */
		faults: (...plan: Record<string, unknown>[]) => faults(plan),
		/** Changes a report at LAPOR. */
		atLapor: (id: number, what: 'status' | 'followups', body: Record<string, unknown>) =>
			post(`/_reports/${id}/${what}`, body),
		signedIn: (browser: Browser) => signedInAt(browser, origin, site.person),
		stop: async () => {
			await site.stop();
			await proxy.close();
			await sandbox.close();
		}
	};
}

/** A request to LAPOR, which a test may change. */
interface LaporRequest {
	path: string;
	headers: IncomingHttpHeaders;
	/** The body, if it is JSON. */
	json?: Record<string, unknown>;
}

/**
 * Opens a proxy to `target` on a free loopback port, which can change requests. If `target` closes a connection, so
 * does the proxy.
 */
async function openProxy(target: string) {
	let change: ((call: LaporRequest) => void) | undefined;
	const server = createServer((incoming, outgoing) => {
		const chunks: Buffer[] = [];
		incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
		incoming.on('end', () => {
			let body = Buffer.concat(chunks);
			const isJson = /^application\/json/.test(incoming.headers['content-type'] ?? '') && body.length > 0;
			const call: LaporRequest = {
				path: incoming.url ?? '/',
				headers: { ...incoming.headers },
				json: isJson ? (JSON.parse(body.toString()) as Record<string, unknown>) : undefined
			};
			change?.(call);
			if (call.json) body = Buffer.from(JSON.stringify(call.json));
			const { 'transfer-encoding': _chunked, ...headers } = call.headers;
			const onward = request(new URL(call.path, target), {
				method: incoming.method,
				headers: { ...headers, host: new URL(target).host, 'content-length': body.length }
			});
			onward.on('response', (response) => {
				outgoing.writeHead(response.statusCode ?? 502, response.headers);
				response.on('error', () => outgoing.destroy());
				response.pipe(outgoing);
			});
			onward.on('error', () => incoming.socket.destroy());
			onward.end(body);
		});
	});
	const { url, close } = await listenLocally(server, 0);
	return { url, changeRequests: (how?: (call: LaporRequest) => void) => (change = how), close };
}

/** Reloads a forward until it has that state. */
export const until = (page: Page, address: string, state: string): Promise<void> =>
	openUntil(page, address, page.locator('header').getByText(state, { exact: true }));
export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Forwards a case with the page that shows what will be sent. */
export async function forwardByScreen(page: Page, reference: string): Promise<string> {
	await openAtDesk(page, reference, 'escalation');
	await page.locator('[name=reason]').fill('Perlu tercatat di sistem nasional.');
	await page.locator('main form button.primary').last().click();
	await expect(page).toHaveURL(/done=(forwarded|prepared)/);
	// After a forward by API the desk opens other work.
	if (page.url().includes('done=forwarded')) {
		await openAtDesk(page, reference);
		await page.locator('main a[href^="/desk/escalations/"]').first().click();
	}
	await expect(page).toHaveURL(/\/desk\/escalations\/[0-9a-f-]{36}/);
	return page.url().split('?')[0] ?? '';
}

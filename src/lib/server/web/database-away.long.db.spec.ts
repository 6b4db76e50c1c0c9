import { isActionFailure, type RequestEvent } from '@sveltejs/kit';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { breakableNetwork } from '#lib/dev/testing/network/breakable-network.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { importRoute } from '#lib/dev/testing/routes.ts';
import { caseByTypedReceipt } from '#lib/server/cases/find-by-receipt.ts';
import { db, handle, useHandle } from '#lib/server/db/index.ts';
import { listen } from '#lib/server/db/notify.ts';
import { postgresHandle } from '#lib/server/db/open.ts';
import { referenceData, type Unit } from '#lib/server/reference/reference.ts';
import { startTrack } from './cookies/citizen-cookies.ts';
import { unavailablePage, withRetryAfter } from './http/error-responses.ts';
import { metricsText } from './metrics-response.ts';

interface Route {
	load: (event: unknown) => Promise<object>;
	actions: { default: (event: unknown) => Promise<unknown> };
}

/** Sends a form as SvelteKit does: the action of the page, then the loads that show it. */
async function send(event: never, routes: readonly string[]) {
	const loaded = await Promise.all(routes.map((path) => importRoute<Route>(path)));
	const acted = await loaded.at(-1)?.actions.default(event);
	const data: object[] = [];
	for (const route of loaded) if (route?.load) data.push(await route.load(event));
	return { acted, data };
}

/** The database stops, for a site that has shown a page before. @returns starts it again */
async function stopDatabase() {
	const own = handle();
	if (own.kind !== 'postgres') throw new Error('only a server can be away');
	const { url, stop, start, close } = await breakableNetwork(own.url);
	const site = postgresHandle(url, 2);
	useHandle(site);
	const stopListening = await listen({}, () => {});
	onTestFinished(async () => {
		useHandle(own);
		await stopListening();
		await site.close();
		close();
	});
	await referenceData();
	await stop();
	return start;
}

const body = 'Kursi ruang tunggu patah.';

describe.runIf(process.env.TEST_DATABASE === 'postgres')('while the database is away', () => {
	let unit: Unit;
	beforeAll(async () => {
		unit = await makeUnit();
	});

	test('a citizen’s form comes back with its text', async () => {
		await stopDatabase();
		// Longer than what may be outdated is shown without asking the database.
		for (let round = 0; round < 2; round++) {
			const route = { id: '/(citizen)/[unit]/pengaduan' };
			const sent = requestTo(`/${unit.slug}/pengaduan`, { fields: { body }, params: { unit: unit.slug }, route });
			const began = performance.now();
			const { acted, data } = await send(sent, [
				'(citizen)/+layout.server.ts',
				'(citizen)/[unit]/+layout.server.ts',
				'(citizen)/[unit]/pengaduan/+page.server.ts'
			]);
			expect(isActionFailure(acted)).toBe(true);
			expect(acted).toMatchObject({ status: 503, data: { typed: { body } } });
			expect(data[1]).toMatchObject({ unit: { slug: unit.slug } });
			expect(performance.now() - began).toBeLessThan(8000);
		}
	});

	test('the text of a message about a report is shown without the report', async () => {
		const jar = new Map<string, string>();
		const { receipt } = await makeCase(unit);
		await startTrack(requestTo('/', { jar }), await caseByTypedReceipt(receipt ?? ''));
		await stopDatabase();
		const sent = requestTo('/lacak/laporan/pesan', { fields: { body }, jar });
		const shown = send(sent, [
			'(citizen)/lacak/laporan/+layout.server.ts',
			'(citizen)/lacak/laporan/pesan/+page.server.ts'
		]);
		await expect(shown).rejects.toMatchObject({ status: 503, body: { unsent: body } });
	});

	test('the frame of a staff page is shown without counters, and the figures for monitors say why', async () => {
		const actor = await makeActor([[unit.id, 'handler']]);
		await stopDatabase();
		const untrack = (read: () => unknown) => read();
		const staff = await importRoute<Route>('(staff)/+layout.server.ts');
		const frame = await staff?.load(requestTo('/desk', { actor, untrack }));
		expect(frame).toMatchObject({ unread: 0, unit: { name: unit.name } });
		expect((await metricsText()).body).toContain('\nspatula_database_up 0\n');
	});

	test('a load that fails is a 503 that says when to try again', async () => {
		await stopDatabase();
		const event: RequestEvent = requestTo('/', { route: { id: '/(citizen)' } });
		const cause: unknown = await db()
			.execute(sql`select 1`)
			.catch((error: unknown) => error);
		const page = unavailablePage(event, cause);
		expect(page?.message).toContain('Situs sedang tidak dapat membaca atau menyimpan data.');
		const { status, headers } = withRetryAfter(event, new Response('page', { status: 500 }));
		expect({ status, wait: headers.get('retry-after') }).toEqual({ status: 503, wait: '30' });
		const other = { ...event, locals: { ...event.locals, isUnavailable: undefined } };
		expect(unavailablePage(other, new Error('boom'))).toBeUndefined();
		expect(withRetryAfter(other, new Response('page', { status: 500 })).status).toBe(500);
	});

	test('pages are back soon after the database', async () => {
		const start = await stopDatabase();
		const ask = () => db().execute(sql`select 1`);
		// As many failures as make the driver's own waits long.
		for (let failures = 0; failures < 6; failures++) await Promise.allSettled([ask(), ask(), ask(), ask()]);
		await start();
		const began = performance.now();
		await expect
			.poll(() =>
				ask().then(
					() => true,
					() => false
				)
			)
			.toBe(true);
		expect(performance.now() - began).toBeLessThan(3000);
	});
});

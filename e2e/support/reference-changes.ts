import { setTimeout } from 'node:timers/promises';
import postgres from 'postgres';
import { signIn, submit } from '../../scripts/site/client.ts';
import { expect } from './test.ts';
import type { TwoSites } from './two-sites.ts';

const UNIT = '7600';
/** A year whose decree every new installation has. */
const YEAR = 2026;

/** A change that an administrator makes at one process, and what another process shows after it. */
interface ReferenceChange {
	what: string;
	make: (origin: string) => Promise<unknown>;
	isShown: (origin: string) => Promise<boolean>;
}

/**
 * Prepares `count` changes by the forms of the administration, of each kind in turn.
 *
 * @param firstNumber number of the first one, so that further changes differ
 */
export async function referenceChanges(
	{ sites: [{ origin: first }], people }: TwoSites,
	{ count, firstNumber = 0 }: { count: number; firstNumber?: number }
) {
	const cookie = await signIn(first, people.admin.username, people.admin.password);
	const isAdminPage = (path: string) => path.startsWith('/admin/');
	/** Citizens' pages are asked for without cookies, because then they may be stored by the process. */
	const get = (origin: string, path: string) =>
		fetch(origin + path, { headers: isAdminPage(path) ? { cookie } : {}, redirect: 'manual' });
	const shows = async (origin: string, path: string, text: string) => {
		const response = await get(origin, path);
		expect(response.status, path).toBe(200);
		return (await response.text()).includes(text);
	};
	/** Sends a form. @returns the address to which it leads */
	const send = async (origin: string, path: string, fields: Record<string, string>) => {
		const response = await submit(origin, path, fields, cookie);
		expect(response.status, `${path}: ${await response.text()}`).toBe(303);
		return response.headers.get('location')?.split('?')[0] ?? '';
	};
	const office = (await get(first, `/${UNIT}`)).headers.get('location') ?? '';
	const form = await (await get(first, '/admin/officers/new')).text();
	const unitId = new RegExp(`value="([0-9a-f-]{36})"[^>]*>${UNIT}`).exec(form)?.[1] ?? '';

	const kinds: ((n: number) => Promise<ReferenceChange> | ReferenceChange)[] = [
		async (n) => {
			const name = `Petugas Contoh ${n}.`;
			const officer = await send(first, '/admin/officers/new', { unitId, name, active: 'on' });
			return {
				what: 'an officer is deactivated',
				make: (origin) => send(origin, officer, { name }),
				isShown: async (origin) => !(await shows(origin, `${office}/nilai`, name))
			};
		},
		async (n) => {
			const place = await send(first, '/admin/places/new', { unitId, name: `Kotak ${n}`, kind: 'box' });
			const code = /\/q\/(\w+)/.exec(await (await get(first, place)).text())?.[1] ?? '';
			return {
				what: 'a code is withdrawn',
				make: (origin) => send(origin, `${place}?/withdraw`, { code }),
				isShown: async (origin) => (await get(origin, `/q/${code}`)).status === 410
			};
		},
		(n) => {
			const day = new Date(Date.UTC(YEAR, 0, 1 + n)).toISOString().slice(0, 10);
			const name = `Libur Contoh ${n}.`;
			return {
				what: 'a holiday is added',
				make: (origin) => send(origin, `/admin/calendar/${YEAR}?/set`, { day, kind: 'national', name, replace: 'on' }),
				isShown: (origin) => shows(origin, `/admin/calendar/${YEAR}`, name)
			};
		},
		(n) => ({
			what: 'a rule is changed',
			make: (origin) =>
				send(origin, '/admin/deadlines/verification.any.any.any', {
					days: String(10 + n),
					dayUnit: 'working',
					basis: 'Peraturan contoh'
				}),
			isShown: (origin) => shows(origin, `${office}/pengaduan`, `${10 + n} hari kerja`)
		})
	];
	const changes: ReferenceChange[] = [];
	for (let n = firstNumber; n < firstNumber + count; n++) {
		const kind = kinds[n % kinds.length];
		if (kind) changes.push(await kind(n));
	}
	return changes;
}

/** Milliseconds after which a process that does not show a change yet never will. */
const NEVER_MS = 20_000;

/**
 * Makes each change at one process, in turn, while the other has the former state in memory.
 *
 * @param meanwhile runs while the change is made
 * @returns the milliseconds from the response to the change until the other process shows it
 */
export async function timesUntilShown(
	{ sites }: TwoSites,
	changes: readonly ReferenceChange[],
	meanwhile: (n: number) => Promise<unknown> = async () => {}
): Promise<number[]> {
	const times: number[] = [];
	for (const [n, { what, make, isShown }] of changes.entries()) {
		const [writer, reader] = n % 2 === 0 ? sites : sites.toReversed();
		if (!writer || !reader) continue;
		// The officer or place that is changed was added a moment ago, and this process may not know it yet.
		await expect.poll(() => isShown(reader.origin), { message: what, timeout: NEVER_MS }).toBe(false);
		await Promise.all([make(writer.origin), meanwhile(n)]);
		const began = performance.now();
		while (!(await isShown(reader.origin))) {
			expect(performance.now() - began, what).toBeLessThan(NEVER_MS);
			await setTimeout(5);
		}
		times.push(performance.now() - began);
	}
	return times;
}

/** Process ids of the connections on which the two sites are notified of changes. */
export async function listeningBackends({ databaseUrl }: TwoSites): Promise<number[]> {
	const database = postgres(databaseUrl, { max: 1, onnotice: () => {} });
	const rows = await database<{ pid: number }[]>`select pid from pg_stat_activity
		where application_name = 'spatula-listen' and datname = current_database()`;
	await database.end();
	return rows.map(({ pid }) => pid);
}

/** Ends the connections on which the two sites are notified of changes. */
export async function endListening({ databaseUrl }: TwoSites): Promise<void> {
	const database = postgres(databaseUrl, { max: 1, onnotice: () => {} });
	await database`select pg_terminate_backend(pid) from pg_stat_activity
		where application_name = 'spatula-listen' and datname = current_database()`;
	await database.end();
}

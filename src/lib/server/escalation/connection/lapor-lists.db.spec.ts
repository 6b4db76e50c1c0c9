import { eq } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { referenceChangeCount, db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { laporCircuits, laporLists } from '#lib/server/db/schema/lapor.ts';
import { jobProgress } from '#lib/server/db/schema/settings.ts';
import { NotAllowed } from '#lib/server/errors.ts';
import { searchInstitutions, findTarget } from './institutions.ts';
import { laporListsState, readLaporListsNow, refreshLaporLists } from './lapor-lists.ts';
import { followupTemplates } from './report-settings.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { useLapor } from '#lib/dev/testing/lapor.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';

/** Longer than one page of the service's list. */
const MANY = Array.from({ length: 1500 }, (_, index) => ({
	id: 500_000 + index,
	name: `Dinas Contoh ${index} Kabupaten Uji`
}));

const lapor = useLapor({
	moreInstitutions: [
		...MANY,
		{ id: 700_001, name: 'Dinas  Kesehatan' },
		{ id: 700_002, name: 'Dinas Kesehatan' },
		{ id: 700_003, name: '100% Layanan' }
	]
});

let admin: Actor;
let other: Actor;

beforeAll(async () => {
	const root = await makeUnit();
	const below = await makeUnit({ parent: root });
	admin = await makeActor([[root.id, 'admin']]);
	other = await makeActor([[below.id, 'admin']]);
});

const stateOf = async (kind: 'institution' | 'template') => (await laporListsState()).find((one) => one.kind === kind);

describe("LAPOR's lists", () => {
	beforeEach(async () => {
		await db().delete(laporLists);
		await db().delete(jobProgress).where(eq(jobProgress.key, 'lapor.lists.institution'));
		await db().delete(jobProgress).where(eq(jobProgress.key, 'lapor.lists.template'));
	});

	it('are read page by page, once a day, without a new load of the reference data', async () => {
		const changes = referenceChangeCount();
		await refreshLaporLists();
		expect(referenceChangeCount()).toBe(changes);
		expect(await stateOf('institution')).toMatchObject({ count: 9 + MANY.length + 3, reason: null });
		expect(await followupTemplates()).toContainEqual({ code: 'TL-02', name: 'Permintaan data' });
		await db().delete(laporLists).where(eq(laporLists.id, '200102'));
		await inHours(23, refreshLaporLists);
		expect(await findTarget(db(), 'Pemerintah Kabupaten Mamuju')).toMatchObject({ id: undefined });
		await inHours(25, refreshLaporLists);
		expect(await findTarget(db(), 'pemerintah  kabupaten mamuju')).toEqual({
			id: 200_102,
			name: 'Pemerintah Kabupaten Mamuju'
		});
	});

	it('are read completely from a service that allows fewer rows per page', async () => {
		const pages = [1, 2, 3].map((page) => ({
			kind: 'answer',
			status: 200,
			body: JSON.stringify({ results: { total: '3', last_page: 3, data: [{ id: page, name: `Dinas ${page}` }] } }),
			match: { endpoint: 'institutions' },
			count: 1
		}));
		await lapor.faults(pages);
		await refreshLaporLists();
		expect(await stateOf('institution')).toMatchObject({ count: 3, reason: null });
	});

	it('are read completely even if that service does not say that there are more rows', async () => {
		const institutions = { match: { endpoint: 'institutions' } };
		const answer = (page: number) => {
			const body = JSON.stringify({ results: { data: [{ id: page, name: `Dinas ${page}` }] } });
			return { kind: 'answer', body, count: 1, ...institutions };
		};
		await lapor.faults([answer(1), answer(2), { kind: '500_before', ...institutions }]);
		await refreshLaporLists();
		expect(await stateOf('institution')).toMatchObject({ count: 2, reason: null });
		await lapor.faults([answer(1), { kind: '500_before', ...institutions }]);
		await inHours(25, refreshLaporLists);
		expect(await stateOf('institution')).toMatchObject({ count: 2, reason: { code: 'server_error' } });
		await lapor.faults([answer(1), answer(3), { kind: 'answer', status: 404, body: '{}', ...institutions }]);
		await inHours(27, refreshLaporLists);
		expect(await stateOf('institution')).toMatchObject({ count: 2, reason: null });
		expect(await db().$count(laporLists, eq(laporLists.id, '3'))).toBe(1);
	});

	it('stay unchanged after a failed read, which is repeated after an hour', async () => {
		await refreshLaporLists();
		await db().insert(laporLists).values({ kind: 'institution', id: '999', name: 'Dinas Lama' });
		await lapor.faults([{ kind: '500_before', match: { endpoint: 'institutions' }, count: 1 }]);
		await inHours(25, refreshLaporLists);
		const failed = await stateOf('institution');
		expect(failed).toMatchObject({ count: 9 + MANY.length + 4, reason: { code: 'server_error', status: 500 } });
		expect(failed?.readAt).not.toBeNull();
		await inHours(25.5, refreshLaporLists);
		expect(await stateOf('institution')).toMatchObject({ reason: { code: 'server_error' } });
		await inHours(26.1, refreshLaporLists);
		// Rows that LAPOR no longer lists are deleted.
		expect(await stateOf('institution')).toMatchObject({ count: 9 + MANY.length + 3, reason: null });
	});

	it('stay unchanged if the service always sends another page', async () => {
		const pages = Array.from({ length: 101 }, (_, page) => ({
			kind: 'answer',
			body: JSON.stringify({ results: { data: [{ id: page + 1, name: `Dinas ${page}` }] } }),
			match: { endpoint: 'institutions' },
			count: 1
		}));
		await refreshLaporLists();
		await lapor.faults(pages);
		await inHours(25, refreshLaporLists);
		const kept = { count: 9 + MANY.length + 3, reason: { code: 'answer_too_large' } };
		expect(await stateOf('institution')).toMatchObject(kept);
	});

	it('are read at once when a root administrator requests it, with an entry in the audit log', async () => {
		await expect(readLaporListsNow(other)).rejects.toThrow(NotAllowed);
		expect(await readLaporListsNow(admin)).toBe(true);
		const [entry] = await db().select().from(auditEntries).where(eq(auditEntries.action, 'lapor.lists_read'));
		expect(entry).toMatchObject({ after: { institution: 9 + MANY.length + 3, template: 3 } });
	});

	it('stay unchanged if the new list is far shorter than before or than LAPOR says, until an administrator reads it', async () => {
		await refreshLaporLists();
		const kept = 9 + MANY.length + 3;
		const few = { kind: 'answer', status: 200, match: { endpoint: 'institutions' }, count: 2 };
		const most = Array.from({ length: kept - 1 }, (_, id) => ({ id, name: `Dinas ${id}` }));
		await lapor.faults([{ ...few, body: JSON.stringify({ results: { data: most, last_page: 2 } }) }]);
		await inHours(25, refreshLaporLists);
		expect(await stateOf('institution')).toMatchObject({ count: kept, reason: { code: 'list_shrunk' } });
		const body = JSON.stringify({ results: { data: [{ id: 1, name: 'Dinas Satu' }] } });
		await lapor.faults([{ ...few, body }]);
		await inHours(27, refreshLaporLists);
		expect(await stateOf('institution')).toMatchObject({ count: kept, reason: { code: 'list_shrunk' } });
		const failing = { kind: '500_before', match: { endpoint: 'institutions' }, count: 1 };
		await lapor.faults([{ ...few, count: 1, body }, failing]);
		await readLaporListsNow(admin);
		expect(await stateOf('institution')).toMatchObject({ count: kept, reason: { code: 'server_error' } });
		await lapor.faults([{ ...few, body }]);
		await readLaporListsNow(admin);
		expect(await stateOf('institution')).toMatchObject({ count: 1, reason: null });
	});

	it('do not open the circuit if one is too short and the other refused, because LAPOR answers', async () => {
		await refreshLaporLists();
		const body = JSON.stringify({ results: { data: [{ id: 1, name: 'Dinas Satu' }] } });
		await lapor.faults([
			{ kind: 'answer', status: 200, match: { endpoint: 'institutions' }, body },
			{ kind: 'answer', status: 403, match: { endpoint: 'templates' }, body: '{"message":"Forbidden"}' }
		]);
		for (const hours of [25, 27, 29]) await inHours(hours, refreshLaporLists);
		expect(await stateOf('institution')).toMatchObject({ reason: { code: 'list_shrunk' } });
		expect(await stateOf('template')).toMatchObject({ reason: { code: 'forbidden' } });
		expect(await db().select().from(laporCircuits)).toEqual([]);
		await lapor.faults();
	});
});

describe('an agency', () => {
	beforeAll(() => readLaporListsNow(admin));

	beforeAll(refreshLaporLists);
	const names = async (typed: string) => (await searchInstitutions(typed)).items.map(({ name }) => name);

	it('is found by words in any order, by a short form and by the start of its number', async () => {
		expect(await names('mamuju pemerintah')).toEqual(['Pemerintah Kabupaten Mamuju']);
		expect(await names('pemkab maj')).toEqual(['Pemerintah Kabupaten Majene']);
		expect(await names('20010')).toContain('Pemerintah Kabupaten Polewali Mandar');
		expect((await searchInstitutions('Contoh 77')).items[0]).toEqual({
			id: '500077',
			name: 'Dinas Contoh 77 Kabupaten Uji'
		});
	});

	it('is searched literally, without wildcards, and a text that is too short finds none', async () => {
		expect(await names('100%')).toEqual(['100% Layanan']);
		expect(await names('%%')).toEqual([]);
		expect(await names('--')).toEqual([]);
		expect(await names('constructor')).toEqual([]);
		expect(await names('d')).toEqual([]);
	});

	it('is returned among the first 12 results, with the number of further results', async () => {
		const { items, more } = await searchInstitutions('contoh');
		expect(items).toHaveLength(12);
		expect(more).toBe(MANY.length - 12);
	});

	it('that has the same name as another one is not chosen by name', async () => {
		expect(await findTarget(db(), 'Dinas Kesehatan')).toEqual({ id: undefined, name: 'Dinas Kesehatan' });
		expect(await findTarget(db(), '700002')).toEqual({ id: 700_002, name: 'Dinas Kesehatan' });
		expect(await findTarget(db(), '7000022')).toEqual({ id: undefined, name: '7000022' });
	});
});

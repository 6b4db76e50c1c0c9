import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { importInbound, judgeInbound } from './import.ts';
import { receiveInbound } from './receive.ts';
import { makeActor, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { casesOf, issuesOf, nextNumber, inboundInput, TEXT } from '#lib/dev/testing/forwarding/inbound.ts';
import { makeOffice, verifiedCase } from '#lib/dev/testing/lapor.ts';
import { atTime, story } from '#lib/dev/testing/office.ts';

beforeEach(() => overrideEnv({ LAPOR_MODE: 'manual' }));

/** Later, the reports of these tables are too old to be stored. */
const DAY = '2026-03-05T02:00:00Z';
const judge = (...input: Parameters<typeof judgeInbound>) => atTime(DAY, () => judgeInbound(...input));
const store = (...input: Parameters<typeof importInbound>) => atTime(DAY, () => importInbound(...input));

describe('a table of reports', () => {
	it('is judged line by line, stored as judged, and stored once if it is imported twice', async () => {
		const office = await makeOffice();
		const ours = await atTime(DAY, () => verifiedCase(office));
		const known = inboundInput(office);
		await receiveInbound(office.actor, known);
		const [fresh, carrying] = [nextNumber(), nextNumber()];
		const table = [
			'nomor;tanggal diterima;isi',
			`${fresh};02/03/2026;${TEXT}`,
			`#${carrying};03/03/2026;${TEXT} ${ours.reference}`,
			`${known.lapor_id};03/03/2026;${TEXT}`,
			`${fresh};03/03/2026;${TEXT}`,
			`12;03/03/2026;${TEXT}`,
			`${nextNumber()};kemarin;Pendek`
		].join('\r\n');
		const kinds = (lines: { line: number; outcome: { kind: string } }[]) =>
			lines.map(({ line, outcome }) => `${line} ${outcome.kind}`);
		const judgedLines = await judge(office.actor, office.unit.code, table);
		expect(kinds(judgedLines)).toEqual(['2 opens', '3 attaches', '4 known', '5 repeated', '6 wrong', '7 wrong']);
		expect(await casesOf(office)).toBe(2);
		const imported = await store(office.actor, office.unit.code, table);
		expect(kinds(imported)).toEqual(['2 opened', '3 attached', '4 known', '5 repeated', '6 wrong', '7 wrong']);
		expect(imported[1]?.outcome).toMatchObject({ reference: ours.reference });
		expect(await casesOf(office)).toBe(3);
		const again = await store(office.actor, office.unit.code, table);
		expect(kinds(again)).toEqual(['2 known', '3 known', '4 known', '5 repeated', '6 wrong', '7 wrong']);
		expect(await casesOf(office)).toBe(3);
		expect(await story(ours.reference)).toEqual(expect.arrayContaining(['escalation_inbound']));
	});

	it('opens a case for a report that quotes a destroyed one, which takes nothing any more', async () => {
		const office = await makeOffice();
		const { id, reference } = await atTime(DAY, () => verifiedCase(office));
		await db().update(cases).set({ destroyedAt: new Date() }).where(eq(cases.id, id));
		const rows = [`${TEXT} ${reference}`, TEXT].map((text) => `${nextNumber()};02/03/2026;${text}`);
		const imported = await store(office.actor, office.unit.code, ['nomor;tanggal;isi', ...rows].join('\n'));
		expect(imported.map(({ outcome }) => outcome.kind)).toEqual(['opened', 'opened']);
	});

	it('opens no case at an office that is closed, and stores the other lines', async () => {
		const [here, closed] = [await makeOffice(), await makeOffice()];
		await transaction((tx) => tx.update(units).set({ state: 'closed' }).where(eq(units.id, closed.unit.id)));
		const actor = await makeActor([
			[here.unit.id, 'handler'],
			[closed.unit.id, 'handler']
		]);
		const rows = [closed.unit.code, ''].map((unit) => `${unit},${nextNumber()},2/3/2026,${TEXT}`);
		const table = ['kantor,nomor,tanggal,isi', ...rows].join('\n');
		const judged = await judge(actor, here.unit.code, table);
		expect(judged.map(({ outcome }) => outcome.kind)).toEqual(['wrong', 'opens']);
		const imported = await store(actor, here.unit.code, table);
		expect(imported.map(({ outcome }) => outcome.kind)).toEqual(['wrong', 'opened']);
	});

	// The embedded database runs one transaction at a time.
	it.runIf(process.env.TEST_DATABASE === 'postgres').each([
		['names the actor', { destroyedAt: null, kinds: ['elsewhere', 'opened'] }],
		['is destroyed', { destroyedAt: new Date(), kinds: ['opened', 'opened'] }]
	])('stores the other lines if a case %s meanwhile', async (_, { destroyedAt, kinds }) => {
		const office = await makeOffice();
		const [officer, named] = await makeOfficerWithAccount(office.unit.id);
		const { id, reference } = await atTime(DAY, () => verifiedCase(office));
		const [changed, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const changing = transaction(async (tx) => {
			await tx.update(cases).set({ destroyedAt }).where(eq(cases.id, id));
			const about = { caseId: id, officerId: officer.id, source: 'staff', state: 'named' } as const;
			if (!destroyedAt) await tx.insert(caseOfficers).values(about);
			changed.resolve();
			await commit.promise;
		});
		await changed.promise;
		const rows = [`${TEXT} ${reference}`, TEXT].map((text) => `${nextNumber()};02/03/2026;${text}`);
		const importing = store(named, office.unit.code, ['nomor;tanggal;isi', ...rows].join('\n'));
		const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
		await expect.poll(() => rowsOf(db(), waiting)).toHaveLength(1);
		commit.resolve();
		await changing;
		expect((await importing).map(({ outcome }) => outcome.kind)).toEqual(kinds);
	});

	it('stores each line at the office it names, and refuses an office at which the actor is no handler', async () => {
		const [here, there, foreign] = [await makeOffice(), await makeOffice(), await makeOffice()];
		const actor = await makeActor([
			[here.unit.id, 'handler'],
			[there.unit.id, 'handler']
		]);
		const rows = [there.unit.code, there.unit.name, '', foreign.unit.code];
		const table = ['kantor,nomor,tanggal,isi', ...rows.map((unit) => `${unit},${nextNumber()},2/3/2026,${TEXT}`)].join(
			'\n'
		);
		const imported = await store(actor, here.unit.slug, table);
		expect(imported.map(({ outcome }) => outcome.kind)).toEqual(['opened', 'opened', 'opened', 'wrong']);
		expect([await casesOf(here), await casesOf(there), await casesOf(foreign)]).toEqual([1, 2, 0]);
		expect(await issuesOf(judge(actor, foreign.unit.code, table))).toEqual(['unit: unit_missing']);
	});
});

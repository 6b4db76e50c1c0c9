import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { PassThrough } from 'node:stream';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { RETENTION_PARTS } from '#lib/privacy/retention.ts';
import { sweepFiles } from '#lib/server/attachments/store.ts';
import { writeBackup } from '#lib/server/backup/write-backup.ts';
import { letterForActor } from '#lib/server/cases/answers/letter.ts';
import { inbox } from '#lib/server/cases/inbox/inbox.ts';
import { deskCase } from '#lib/server/cases/view.ts';
import { db, handle } from '#lib/server/db/index.ts';
import { claimInstallation } from '#lib/server/db/installation.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { destructions } from '#lib/server/db/schema/retention.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { backupFolder, env, overrideEnv } from '#lib/server/env.ts';
import { exportedFilter } from '#lib/server/exports/request.ts';
import { sweepExports } from '#lib/server/exports/sweep.ts';
import { writeCases } from '#lib/server/exports/write.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { fileRecap } from '#lib/server/recap/filings.ts';
import { recapView } from '#lib/server/recap/view.ts';
import { letterPdf } from '#lib/server/web/documents/letter-pdf.ts';
import { seedDemo } from './seed.ts';
import { databaseOnDisk } from '#lib/dev/testing/database.ts';
import { wordsOfPages } from '#lib/dev/testing/documents.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { useLapor } from '#lib/dev/testing/lapor.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { act, atTime, entriesOf, seenByReporter } from '#lib/dev/testing/office.ts';
import { emptyTarget, targetEngines } from '#lib/dev/testing/restoring.ts';
import { inFiles, inTables } from '#lib/dev/testing/retention/destroying.ts';
import { fullCase, fullOffice, namesOf, wordsOf, wordsOutsideCases } from '#lib/dev/testing/retention/full-case.ts';
import { confirmRules, itemsOf, RECORD, stepOf } from '#lib/dev/testing/retention/proposing.ts';
import { requestByReporter } from '#lib/server/privacy/requests/receive.ts';
import {
	confirmDestruction,
	countDestruction,
	recordDestruction,
	decideDestruction
} from '#lib/server/privacy/retention/steps.ts';
import { changeLegalHold } from '#lib/server/privacy/retention/legal-hold.ts';
import { JOURNAL } from '#lib/server/privacy/retention/journal.ts';
import { proposeYearly } from '#lib/server/privacy/retention/proposal.ts';
import { runDestructions } from '#lib/server/privacy/retention/run.ts';

databaseOnDisk();
const lapor = useLapor();
useMailServer();

/** The demo's day, and the year in which everything of it has passed its period. */
const SEEDED = '2026-11-25T00:05:00Z';
const YEAR = 2032;
const CONFIRMED = { confirmed: 'on' };
const night = (day: LocalDate) => `${day}T18:17:00Z`;

const GONE = Array.from({ length: 10 }, (_, n) => namesOf(n));
const [DISPUTED, REQUESTED, HELD] = [namesOf(10), namesOf(11), namesOf(12)];
const words = GONE.flatMap(wordsOf);
const keptWords = [DISPUTED, REQUESTED, HELD].flatMap(wordsOf);
const wordsIn = (said: string) => words.filter((word) => said.toLowerCase().includes(word.toLowerCase()));

/** Where a person's name can be read, apart from tables and files: each with the words that are found there. */
async function places(actor: Actor, unit: string, references: readonly string[]) {
	const out = new PassThrough();
	const table = { format: 'csv' as const, ...(await exportedFilter(actor, 'status=all')) };
	void writeCases(out, actor, { ...table, zone: 'Asia/Makassar', lang: 'id' }, new AbortController().signal);
	const pages = await Promise.all(
		references.map(async (one) => JSON.stringify([await deskCase(actor, one), await seenByReporter(one)]))
	);
	const letters = await Promise.all(references.map((one) => letterOf(actor, one)));
	const found: string[] = [];
	for (const { people } of GONE)
		for (const word of [people.body, people.reply, people.answer])
			if ((await inbox(actor, { q: word })).items.some(({ reference }) => references.includes(reference)))
				found.push(word);
	const lists = await recapView(actor, { unit, scope: 'own', period: '2026-12', version: undefined });
	return {
		search: found,
		pages: wordsIn(pages.join()),
		letters: wordsIn(letters.join()),
		exports: wordsIn(await text(out)),
		lists: wordsIn(JSON.stringify(lists))
	};
}

async function letterOf(actor: Actor, reference: string): Promise<string> {
	const answered = (await entriesOf(reference)).find(({ type }) => type === 'answered');
	const letter = await letterForActor(actor, reference, String(answered?.data.message)).catch(() => undefined);
	return letter ? (await wordsOfPages(await letterPdf(letter, 'id'))).join() : '';
}

// One test, because the LAPOR sandbox and the mail server are set per test.
test('after a year of retention nothing of ten people is found, also after a restore of the backup from before', async () => {
	overrideEnv({ DEMO: true });
	await claimInstallation(handle().database);
	await atTime(SEEDED, seedDemo);
	// The sandbox of this test begins with the same numbers as that of the demo.
	await db()
		.update(escalations)
		.set({ laporId: sql`'9' || ${escalations.laporId}` });
	const [unit] = await db().select().from(units).where(eq(units.slug, 'mamuju'));
	const [root] = await db().select().from(units).where(eq(units.slug, 'sulbar'));
	if (!unit || !root) throw new Error('no demo');
	const office = await fullOffice(unit);
	const admin = await makeActor([[root.id, 'admin']]);
	const second = await makeActor([[root.id, 'admin']]);
	const manager = await makeActor([[root.id, 'manager']]);

	const [gone, kept] = await atTime(SEEDED, async () => {
		const made = [];
		// The first is answered late, so that a periodic report lists it.
		for (const named of GONE) made.push(await fullCase(office, lapor, named, { days: made.length === 0 ? 30 : 0 }));
		await wordsOutsideCases(office, namesOf(0));
		const left = [
			await fullCase(office, lapor, DISPUTED, { disputed: true }),
			await fullCase(office, lapor, REQUESTED),
			await fullCase(office, lapor, HELD)
		];
		return [made, left.map(({ reference, id }) => ({ reference, id }))];
	});
	const references = gone.map(({ reference }) => reference);
	await atTime('2027-01-04T02:00:00Z', () => fileRecap(manager, unit.code, { period: '2026-12', version: 0 }));
	const [disputed, requested, held] = kept as [(typeof kept)[0], (typeof kept)[0], (typeof kept)[0]];
	await atTime('2027-03-01T02:00:00Z', () =>
		act(changeLegalHold, office.supervisor, held.reference, { action: 'hold', reason: 'Perkara di pengadilan.' })
	);
	await confirmRules(admin, ...RETENTION_PARTS);

	// Everything can be found before.
	const before = await atTime('2027-04-01T02:00:00Z', () => places(office.supervisor, unit.code, references));
	for (const [place, found] of Object.entries(before)) expect.soft(found.length, place).toBeGreaterThan(0);
	const present = await inTables([...words, ...keptWords]);
	expect(new Set(present.map((hit) => hit.split(': ')[1])).size).toBeGreaterThan(130);

	const folder = await mkdtemp(join(tmpdir(), 'spatula-year-'));
	const archive = join(folder, 'cadangan.tar.zst');
	let destruction = '';
	const step = (verb: Parameters<typeof stepOf>[0], actor: Actor, input = {}) =>
		stepOf(verb, actor, destruction, input);
	const days: Record<LocalDate, () => Promise<unknown>> = {
		[`${YEAR}-01-02`]: async () => {
			const [row] = await db().select().from(destructions);
			destruction = row?.id ?? '';
			await writeBackup(handle(), { path: archive, passphrase: undefined });
		},
		[`${YEAR}-01-20`]: () =>
			requestByReporter(requested.id, {
				kind: 'restriction',
				words: 'Mohon dibatasi dulu.',
				submission_id: crypto.randomUUID()
			}),
		[`${YEAR}-02-02`]: () =>
			step(decideDestruction, admin, { decreeNumber: 'KEP-9/CONTOH/2032', decreeOn: `${YEAR}-01-30` }),
		[`${YEAR}-02-10`]: () => step(countDestruction, admin),
		[`${YEAR}-02-16`]: () => step(recordDestruction, admin, { ...RECORD, recordOn: `${YEAR}-02-12` }),
		[`${YEAR}-03-01`]: () => step(confirmDestruction, admin, CONFIRMED),
		[`${YEAR}-03-02`]: () => step(confirmDestruction, second, CONFIRMED)
	};
	for (let day: LocalDate = `${YEAR}-01-01`; day <= `${YEAR}-12-31`; day = addDays(day, 1))
		await atTime(night(day), async () => {
			await proposeYearly();
			await days[day]?.();
			await runDestructions();
			await sweepFiles();
			await sweepExports();
		});

	expect(await db().select({ year: destructions.year, state: destructions.state }).from(destructions)).toEqual([
		{ year: YEAR, state: 'carried_out' }
	]);
	const ofCase = (item: string, all: readonly string[]) =>
		all.some((one) => item.startsWith(one)) && !/ log\b/.test(item);
	const left = kept.map(({ reference }) => reference);
	const reasons = (await itemsOf(destruction)).filter((item) => ofCase(item, left));
	const all = ({ reference }: { reference: string }, reason: string) =>
		['files', 'identity', 'letters', 'text'].map((part) => `${reference} ${part} ${reason}`);
	expect(reasons.sort()).toEqual(
		[...all(disputed, 'dispute'), ...all(requested, 'data_request'), ...all(held, 'hold')].sort()
	);

	const ids = gone.map(({ id }) => id);
	const sealed = await db()
		.select({ reporter: cases.reporterSealed, hash: cases.reporterHash, forwarded: escalations.identitySealed })
		.from(cases)
		.innerJoin(escalations, eq(escalations.caseId, cases.id))
		.where(inArray(cases.id, ids));
	expect(sealed).toEqual(sealed.map(() => ({ reporter: null, hash: null, forwarded: null })));
	expect(await inTables(words)).toEqual([]);
	const after = await atTime(`${YEAR}-12-31T02:00:00Z`, () => places(office.supervisor, unit.code, references));
	expect(after).toEqual({ search: [], pages: [], letters: [], exports: [], lists: [] });
	const inSite = (hits: string[]) => hits.filter((hit) => !hit.startsWith('pglite/'));
	expect(inSite(await inFiles(env().DATA_DIR, words))).toEqual([]);
	// The three others are whole. The log and everything outside cases has its own period.
	const ofCases = (hits: string[]) =>
		hits.filter((hit) => keptWords.some((word) => hit.endsWith(word)) && !hit.includes('audit_entries'));
	expect(ofCases(await inTables(keptWords))).toEqual(ofCases(present));
	// What was destroyed is never proposed again.
	await atTime(`${YEAR + 1}-01-03T18:17:00Z`, proposeYearly);
	const [next] = await db()
		.select()
		.from(destructions)
		.where(eq(destructions.year, YEAR + 1));
	expect((await itemsOf(next?.id ?? '')).filter((item) => ofCase(item, references))).toEqual([]);
	expect(
		await db().$count(dataRequests, and(eq(dataRequests.caseId, requested.id), eq(dataRequests.state, 'open')))
	).toBe(1);

	await copyFile(join(backupFolder(), JOURNAL), join(folder, JOURNAL));
	for (const engine of targetEngines()) {
		const target = await emptyTarget(engine);
		const ended = await target.run('restore', [archive], { DEMO: 'on' });
		expect(ended.errors).toBe('');
		expect(ended.output).toMatch(/destroyed +again: \d+ items of 1 destructions/);
		expect(await inTables(words, target.rows)).toEqual([]);
		expect(inSite(await inFiles(target.folder, words))).toEqual([]);
		expect(ofCases(await inTables(keptWords, target.rows))).toEqual(ofCases(present));
		await target.remove();
	}
	await rm(folder, { recursive: true });
});

import { eq, isNotNull, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeActor, makeOfficer } from '#lib/dev/testing/factories.ts';
import { act, atTime, caseIn, readCase, story } from '#lib/dev/testing/office.ts';
import { codesOf, failure } from '#lib/dev/testing/outcomes.ts';
import { rateOn } from '#lib/dev/testing/figures/rating-history.ts';
import { confirmRules, DECREE, removeSigners, itemsOf, RECORD, stepOf } from '#lib/dev/testing/retention/proposing.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { destructionItems, retentionRules, tombstones } from '#lib/server/db/schema/retention.ts';
import { caseBoard } from '#lib/server/insight/board.ts';
import { officerComparison } from '#lib/server/insight/comparison.ts';
import { changePublicPage, closeAllQuarters, publicPage } from '#lib/server/insight/public-page.ts';
import { createAccount } from '#lib/server/people/accounts.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { fileRecap } from '#lib/server/recap/filings.ts';
import { recapView } from '#lib/server/recap/view.ts';
import {
	confirmDestruction,
	countDestruction,
	recordDestruction,
	cancelDestruction,
	decideDestruction,
	leaveOut
} from './steps.ts';
import { changeLegalHold } from './legal-hold.ts';
import { proposeDestruction } from './proposal.ts';
import { runDestructions } from './run.ts';
import { destructionView } from './view.ts';

const office = useOffice();
const NAMED = { identity: 'named', reporter: { name: 'Pelapor Contoh 3', phone: '081234567890' } };
let admin: Actor;
let second: Actor;

const CONFIRMED = { confirmed: 'on' };

beforeEach(async () => {
	admin = await makeActor([[office.root.id, 'admin']]);
	second = await makeActor([[office.root.id, 'admin']]);
	await db().update(retentionRules).set({ jraCode: null, suggested: true });
});

const closedIn = (moment: string, changes: Record<string, unknown> = {}) =>
	atTime(moment, () => caseIn(office, 'closed', changes));
const view = (id: string) => destructionView(admin, id);
const step = (verb: Parameters<typeof stepOf>[0], id: string, input?: Record<string, unknown>) =>
	stepOf(verb, admin, id, input);

describe('the steps of a destruction', () => {
	it('follow each other, each with its checks and its entry in the log', async () => {
		await confirmRules(admin, 'text');
		const kept = await closedIn('2023-03-01T02:00:00Z');
		await closedIn('2023-03-02T02:00:00Z');
		await removeSigners();
		await atTime('2029-01-10T02:00:00Z', async () => {
			const id = await proposeDestruction(admin);
			expect(String(await failure(proposeDestruction(second)))).toMatch(/invalid-move/);
			expect(String(await failure(step(recordDestruction, id, RECORD)))).toMatch(/invalid-move/);
			expect(await codesOf(step(decideDestruction, id, { ...DECREE, decreeOn: '2029-01-11' }))).toEqual([
				'retention_future'
			]);
			await step(decideDestruction, id, DECREE);
			expect(String(await failure(step(recordDestruction, id, RECORD)))).toMatch(/invalid-move/);
			await step(countDestruction, id);
			expect((await view(id)).row.dryRun?.text).toMatchObject({ files: 0 });
			await step(leaveOut, id, { reference: kept.reference.toLowerCase(), reason: 'Bernilai sejarah.' });
			expect((await view(id)).row.dryRun).toBeNull();
			await step(countDestruction, id);
			const same = { ...RECORD, supervisionName: 'saksi contoh 1' };
			expect(await codesOf(step(recordDestruction, id, same))).toEqual(['retention_same_witness']);
			expect(await codesOf(step(recordDestruction, id, { ...RECORD, recordOn: '2029-01-07' }))).toEqual([
				'retention_before_decree'
			]);
			await step(recordDestruction, id, RECORD);
			const stale = cancelDestruction(admin, id, { reason: 'Salah daftar.', version: 1 });
			expect(String(await failure(stale))).toMatch(/stale/);
			await step(cancelDestruction, id, { reason: 'Salah daftar.' });
			const [log, entries] = await Promise.all([view(id), db().select().from(auditEntries).orderBy(auditEntries.id)]);
			expect(log.row.state).toBe('cancelled');
			expect(entries.filter(({ subject }) => subject === log.number).map(({ action }) => action)).toEqual(
				['proposed', 'decided', 'counted', 'item_left_out', 'counted', 'recorded', 'cancelled'].map(
					(name) => `destruction.${name}`
				)
			);
		});
	});
});

describe('carrying out', () => {
	/** Brings a proposal to the two confirmations. */
	async function confirmed(id: string): Promise<void> {
		await step(decideDestruction, id, DECREE);
		await step(countDestruction, id);
		await step(recordDestruction, id, RECORD);
		await step(confirmDestruction, id, CONFIRMED);
	}
	const confirmSecond = async (id: string, by = second) =>
		confirmDestruction(by, id, { version: (await view(id)).row.version, ...CONFIRMED });

	it('needs another second person than an account that the first one made', async () => {
		await confirmRules(admin, 'text');
		await closedIn('2023-03-01T02:00:00Z');
		await removeSigners();
		await atTime('2029-01-10T02:00:00Z', async () => {
			const input = { username: 'arsip2', name: 'Petugas Arsip', unitId: office.root.id, roles: ['admin'] };
			const made = (await actorOf(await createAccount(admin, input)))!;
			const id = await proposeDestruction(admin);
			await confirmed(id);
			expect(await failure(confirmSecond(id, made))).toMatchObject({ name: 'NotAllowed', code: 'same_person' });
			expect((await view(id)).row.state).toBe('recorded');
			await atTime('2029-02-09T02:00:00Z', () => confirmSecond(id, made));
			expect((await view(id)).row.state).toBe('running');
		});
	});

	it('needs two people, continues after a failure, and keeps what got a reason to stay meanwhile', async () => {
		await confirmRules(admin, 'identity', 'text');
		const old = await atTime('2023-03-01T02:00:00Z', async () => [
			await caseIn(office, 'closed', NAMED),
			await caseIn(office, 'closed', NAMED),
			await caseIn(office, 'closed', NAMED)
		]);
		await removeSigners();
		const [first, held, last] = old.map(({ reference }) => reference) as [string, string, string];
		await atTime('2029-01-10T02:00:00Z', async () => {
			const id = await proposeDestruction(admin);
			await confirmed(id);
			expect(await codesOf(step(confirmDestruction, id))).toEqual(['confirm_missing']);
			expect(String(await failure(step(confirmDestruction, id, CONFIRMED)))).toBe(
				'NotAllowed: destruction_same_person'
			);
			await runDestructions();
			expect((await view(id)).totals.destroyed).toBe(0);
			await confirmSecond(id);
			await act(changeLegalHold, office.supervisor, held, { action: 'hold', reason: 'Perkara di pengadilan.' });

			// The database refuses the tombstone of one text, as if the process had been killed there.
			const { id: lastId } = await readCase(last);
			await db().execute(
				sql.raw(`alter table tombstones add constraint broken
				check (part <> 'text' or subject_id <> '${lastId}')`)
			);
			await expect(runDestructions(1)).rejects.toThrow();
			expect((await view(id)).row.state).toBe('running');
			expect((await readCase(first)).reporterSealed).toBeNull();
			expect((await readCase(last)).body).not.toBe('');
			await db().execute(sql`alter table tombstones drop constraint broken`);
			await runDestructions(1);

			expect((await view(id)).row.state).toBe('carried_out');
			expect((await itemsOf(id)).filter((item) => item.endsWith('hold'))).toEqual([
				`${held} identity hold`,
				`${held} text hold`
			]);
			expect((await readCase(held)).reporterSealed).not.toBeNull();
			for (const reference of [first, last])
				expect(await readCase(reference)).toMatchObject({ reporterSealed: null, body: '' });
			const stones = await db().select().from(tombstones).where(eq(tombstones.destructionId, id));
			expect(stones.map(({ reference, part, jraCode }) => `${reference} ${part} ${jraCode}`).sort()).toEqual(
				[first, last].flatMap((one) => [`${one} identity HM.01.identity`, `${one} text HM.01.text`]).sort()
			);
			// What was destroyed is not proposed again.
			await act(changeLegalHold, office.supervisor, held, { action: 'lift', reason: 'Perkaranya sudah putus.' });
			expect(await itemsOf(await proposeDestruction(admin))).toEqual([`${held} identity`, `${held} text`]);
		});
	});

	it('keeps no part that was destroyed before its case got a reason to stay', async () => {
		await confirmRules(admin, 'identity', 'text');
		const { reference } = await closedIn('2023-03-01T02:00:00Z', NAMED);
		await removeSigners();
		await atTime('2029-01-10T02:00:00Z', async () => {
			const id = await proposeDestruction(admin);
			await confirmed(id);
			await confirmSecond(id);
			// As if a batch had ended between the two parts.
			const isIdentity = eq(destructionItems.part, 'identity');
			await db().update(destructionItems).set({ destroyedAt: new Date() }).where(isIdentity);
			await act(changeLegalHold, office.supervisor, reference, { action: 'hold', reason: 'Perkara di pengadilan.' });
			await runDestructions();
			expect(await itemsOf(id)).toEqual([`${reference} identity`, `${reference} text hold`]);
			expect((await view(id)).totals).toEqual({ proposed: 2, kept: 1, destroyed: 1 });
		});
	});

	it('takes no item of another part that has the same id', async () => {
		await confirmRules(admin, 'text');
		const old = await atTime('2023-03-01T02:00:00Z', async () => [
			await caseIn(office, 'closed', NAMED),
			await caseIn(office, 'closed', NAMED)
		]);
		await removeSigners();
		// Items are taken in the order of their ids as text.
		const rows = await Promise.all(old.map(({ reference }) => readCase(reference)));
		const [first, held] = rows.sort((one, other) => (String(one.id) < String(other.id) ? -1 : 1));
		if (!first || !held) throw new Error('two cases');
		await atTime('2029-01-10T02:00:00Z', async () => {
			const id = await proposeDestruction(admin);
			const [text] = await db().select().from(destructionItems).where(eq(destructionItems.destructionId, id));
			if (!text) throw new Error('no item');
			const entry = { part: 'log', kind: 'none', subjectId: String(held.id) } as const;
			await db()
				.insert(destructionItems)
				.values({ ...text, ...entry });
			await confirmed(id);
			await confirmSecond(id);
			await act(changeLegalHold, office.supervisor, held.reference, {
				action: 'hold',
				reason: 'Perkara di pengadilan.'
			});
			await runDestructions(2);
			expect((await readCase(first.reference)).body).toBe('');
			expect((await readCase(held.reference)).body).not.toBe('');
			expect(await itemsOf(id)).toContain(`${held.reference} text hold`);
		});
	});

	it('changes no published figure: filed and present reports, boards, public quarters, ratings', async () => {
		await confirmRules(admin, 'identity', 'text', 'files', 'letters', 'rating_comments');
		const manager = await makeActor([[office.root.id, 'manager']]);
		const officer = await makeOfficer(office.unit.id);
		const unit = office.unit.code;
		const period = { from: '2023-01-01', to: '2023-12-31' };
		await atTime('2023-02-20T02:00:00Z', () =>
			changePublicPage(admin, office.unit.id, { active: 'on', changes: 'Loket.' })
		);
		await atTime('2023-03-01T02:00:00Z', async () => {
			await caseIn(office, 'closed', NAMED);
			await caseIn(office, 'archived', NAMED);
			await caseIn(office, 'closed', { ...NAMED, kind: 'suggestion' });
		});
		await rateOn(office.unit, '2023-03-02', { officer: officer.id, score: 2, comment: 'Petugasnya lama sekali.' });
		await atTime('2023-04-03T02:00:00Z', () => fileRecap(manager, unit, { period: '2023-03', version: 0 }));
		const figures = () =>
			atTime('2029-01-11T02:00:00Z', async () => {
				await closeAllQuarters();
				const recap = (version?: 'now') => recapView(manager, { unit, scope: 'own', period: '2023-03', version });
				return JSON.stringify([
					(await recap()).figures,
					(await recap('now')).figures,
					(await recapView(manager, { unit, scope: 'own', period: '2023-Q1', version: undefined })).figures,
					await caseBoard(manager, { unit, ...period }),
					await officerComparison(manager, { unit, ...period }),
					await publicPage(office.unit.slug)
				]);
			});
		const before = await figures();
		expect(before).toContain('"answered":2');
		await atTime('2029-01-10T02:00:00Z', async () => {
			const id = await proposeDestruction(admin);
			await confirmed(id);
			await confirmSecond(id);
			await runDestructions();
			expect((await view(id)).totals).toMatchObject({ kept: 0, destroyed: (await view(id)).totals.proposed });
		});
		expect(await db().$count(ratings, isNotNull(ratings.comment))).toBe(0);
		expect(await figures()).toBe(before);
	});

	it('keeps the text of a case whose letter got a reason to stay meanwhile', async () => {
		await confirmRules(admin, 'text', 'letters');
		await db().update(retentionRules).set({ months: 60 }).where(eq(retentionRules.part, 'text'));
		await db().update(retentionRules).set({ months: 120 }).where(eq(retentionRules.part, 'letters'));
		const { id: caseId, reference } = await closedIn('2023-03-01T02:00:00Z');
		// Its text could be destroyed already, its letter not yet.
		const { id: later } = await closedIn('2026-03-01T02:00:00Z');
		await atTime('2034-01-10T02:00:00Z', async () => {
			const id = await proposeDestruction(admin);
			expect((await itemsOf(id)).filter((item) => item.startsWith(reference))).toEqual([
				`${reference} letters`,
				`${reference} text`
			]);
			await confirmed(id);
			await confirmSecond(id);
			await db().update(cases).set({ mainCaseId: later }).where(eq(cases.id, caseId));
			await runDestructions();
			expect((await itemsOf(id)).filter((item) => item.startsWith(reference))).toEqual([
				`${reference} letters linked`,
				`${reference} text linked`
			]);
			expect((await readCase(reference)).body).not.toBe('');
		});
	});
});

describe('a hold', () => {
	it('is set and lifted by a supervisor with a reason, each with an entry in the timeline', async () => {
		const { reference } = await closedIn('2023-03-01T02:00:00Z');
		const hold = { action: 'hold', reason: 'Perkara di pengadilan.' };
		expect(String(await failure(act(changeLegalHold, office.handler, reference, hold)))).toBe('NotAllowed: supervisor');
		await act(changeLegalHold, office.supervisor, reference, hold);
		expect(String(await failure(act(changeLegalHold, office.supervisor, reference, hold)))).toMatch(/invalid-move/);
		await act(changeLegalHold, office.supervisor, reference, { action: 'lift', reason: 'Perkaranya sudah putus.' });
		expect((await story(reference)).slice(-2)).toEqual(['retention_held', 'retention_released']);
	});
});

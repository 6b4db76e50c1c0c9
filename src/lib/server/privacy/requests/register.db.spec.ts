import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeActor, makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { atTime, caseIn, readCase, seenByReporter } from '#lib/dev/testing/office.ts';
import { askAsReporter } from '#lib/dev/testing/reporters.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { officersOfCase } from '#lib/server/cases/officers/officers-of-case.ts';
import { decryptReporter } from '#lib/server/cases/reporter.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { noticeDetail } from '#lib/words/notices.ts';
import { decideRequest } from './decide.ts';
import { recordRequest, requestByReporter } from './receive.ts';
import {
	countRequests,
	countRequestsToDecide,
	listRequests,
	readRequest,
	requestsAbout,
	type RequestFilter
} from './register.ts';

const office = useOffice();

test('lists waiting requests by deadline and decided ones by the latest decision, over several pages', async () => {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const asked: string[] = [];
	for (const day of [23, 24, 25]) {
		const { reference } = await makeCase(office.unit);
		const { id: caseId } = await readCase(reference);
		await atTime(`2026-11-${day}T02:00:00Z`, () =>
			requestByReporter(caseId, { kind: 'access', submission_id: crypto.randomUUID() })
		);
		asked.push((await requestsAbout({ caseId }))[0]?.id ?? '');
	}
	const [first = '', second = '', third = ''] = asked;
	const listed = async (list: RequestFilter['list']) => {
		const ids: string[] = [];
		for (let cursor: string | undefined; ;) {
			const page = await listRequests(admin, { list }, cursor, 1);
			ids.push(...page.items.map(({ id }) => id));
			if (page.nextCursor === null) return ids;
			cursor = page.nextCursor;
		}
	};
	expect(await listed('waiting')).toEqual([first, second, third]);
	// The earliest request is decided between the two others.
	for (const [id, hour] of [
		[third, 3],
		[first, 4],
		[second, 5]
	] as const)
		await atTime(`2026-11-25T0${hour}:00:00Z`, () => decideRequest(admin, id, { decision: 'grant', version: 1 }));
	expect(await listed('granted')).toEqual([second, first, third]);
	expect(await listed('waiting')).toEqual([]);
});

test('the card counts what the register lists, also for a supervisor who does not decide it', async () => {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const counted = () =>
		Promise.all([admin, office.supervisor].map(async (actor) => (await countRequests(actor)).waiting));
	const toDecide = async () => (await countRequestsToDecide(office.supervisor)).waiting;
	const before = await counted();
	const { id: caseId } = await readCase((await makeCase(office.unit)).reference);
	await requestByReporter(caseId, { kind: 'access', submission_id: crypto.randomUUID() });
	expect((await listRequests(office.supervisor, { list: 'waiting' })).items).toMatchObject([{ hasCase: true }]);
	expect(await counted()).toEqual(before.map((count) => count + 1));
	expect(await toDecide()).toBe(0);
});

test('has each outcome with ground, reason and who decided; a copy is printed only after the grant', async () => {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const { id: caseId } = await readCase((await makeCase(office.unit)).reference);
	await requestByReporter(caseId, { kind: 'access', submission_id: crypto.randomUUID() });
	const [{ id } = { id: '' }] = await requestsAbout({ caseId });
	expect(await readRequest(office.handler, id)).toMatchObject({ mayCopy: false, deciders: [admin.name] });
	expect(await readRequest(admin, id)).toMatchObject({ decides: true, deciders: [] });
	const outcome = { ground: 'UU 27/2022 Pasal 15', reason: 'Pemohon tidak dapat dikenali.' };
	await decideRequest(admin, id, { decision: 'refuse', version: 1, ...outcome });
	const { items } = await listRequests(admin, { list: 'refused' });
	expect(items).toMatchObject([{ id, ...outcome, decidedBy: admin.name }]);
	expect(await readRequest(office.handler, id)).toMatchObject({ mayCopy: false });
	await requestByReporter(caseId, { kind: 'access', submission_id: crypto.randomUUID() });
	const again = (await requestsAbout({ caseId })).find(({ state }) => state === 'open')?.id ?? '';
	await decideRequest(admin, again, { decision: 'grant', version: 1 });
	expect(await readRequest(office.handler, again)).toMatchObject({ mayCopy: true });
});

test('the reporter reads in the history what a request waits for, until it is decided', async () => {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const { reference } = await makeCase(office.unit);
	const { id, dueAt } = await askAsReporter(reference, { kind: 'report', sure: true });
	const { reference: other } = await makeCase(office.unit);
	await askAsReporter(other, { kind: 'access' });
	const asked = async () => {
		const { entries } = await seenByReporter(reference);
		const { state, due_at } = entries.find(({ type }) => type === 'data_requested')?.data ?? {};
		return { state, due: typeof due_at === 'string' ? new Date(due_at) : null };
	};
	expect(await asked()).toEqual({ state: 'open', due: dueAt });
	const outcome = { ground: 'UU 27/2022 Pasal 15', reason: 'Laporan ini wajib dilanjutkan.' };
	await decideRequest(admin, id, { decision: 'refuse', version: 1, ...outcome });
	expect(await asked()).toEqual({ state: undefined, due: null });
});

test('an administrator whom the words of a request name sees neither the request nor a notice of it', async () => {
	const [, named] = await makeOfficerWithAccount(office.unit.id, ['admin'], 'Rahmawati Tandipau');
	await makeActor([[office.root.id, 'admin']]);
	const { reference } = await makeCase(office.unit);
	const { id: caseId } = await readCase(reference);
	const words = 'Jangan biarkan Ibu Rahmawati memakai data saya.';
	await requestByReporter(caseId, { kind: 'restriction', words, submission_id: crypto.randomUUID() });
	expect(await officersOfCase(caseId)).toMatchObject([{ name: 'Rahmawati Tandipau', state: 'proposed' }]);
	expect((await listRequests(named, { list: 'waiting' })).items).toEqual([]);
	const told = await db().select({ accountId: notices.accountId }).from(notices);
	expect(told.map(({ accountId }) => accountId)).not.toContain(named.accountId);
});

test('a request that is recorded later is due 72 hours after the office received it', async () => {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const request = {
		kind: 'restriction',
		unit: office.unit.code,
		submission_id: crypto.randomUUID(),
		person: 'Warga Contoh, Jalan Contoh 1',
		check: 'authority',
		check_note: 'Surat kuasa diperiksa.'
	};
	const record = (received_at: string) =>
		atTime('2026-11-30T08:00:00+08:00', () => recordRequest(office.handler, { ...request, received_at }));
	const refused = (code: string) => ({ issues: [{ path: 'received_at', code }] });
	await expect(record('2026-11-30T08:01')).rejects.toMatchObject(refused('received_at_ahead'));
	await expect(record('2016-11-27T16:30')).rejects.toMatchObject(refused('received_at_old'));
	expect(await readRequest(admin, await record('2026-11-27T16:30'))).toMatchObject({
		receivedAt: new Date('2026-11-27T16:30:00+08:00'),
		dueAt: new Date('2026-11-30T16:30:00+08:00')
	});
});

test.each(['in_progress', 'answered'] as const)(
	'after a granted withdrawal of a report that is %s, its recorder and the handler get a notice; the handler ends it at LAPOR',
	async (status) => {
		const admin = await makeActor([[office.unit.id, 'admin']]);
		const counter = await makeActor([[office.unit.id, 'handler']]);
		const { handler } = office;
		const { reference } = await caseIn(office, status);
		await db().update(cases).set({ escalationState: 'sent' }).where(eq(cases.reference, reference));
		const asked = {
			...{ kind: 'report', unit: office.unit.code, reference, sure: true, submission_id: crypto.randomUUID() },
			...{ check: 'receipt', check_note: 'Kode rahasia ditunjukkan.' }
		};
		const id = await recordRequest(counter, asked);
		expect(await readRequest(admin, id)).toMatchObject({ staysAtLapor: true });
		await decideRequest(admin, id, { decision: 'grant', version: 1 });
		expect(await readRequest(handler, id)).toMatchObject({ staysAtLapor: true });
		const decided = await db().select().from(notices).where(eq(notices.kind, 'data_request_decided'));
		const told = decided.filter(({ data }) => data.request === id);
		const detailFor = ({ accountId }: Actor) =>
			told
				.filter((one) => one.accountId === accountId)
				.map(({ data }) => noticeDetail({ kind: 'data_request_decided', data }, 'UTC'));
		expect(told).toHaveLength(2);
		expect(detailFor(counter)).toEqual(['Pencabutan laporan']);
		expect(detailFor(handler)).toEqual([expect.stringMatching(`${reference}. .*akhiri di sana`)]);
	}
);

test('only the decider sees the masked current contact, to compare the new one with it', async () => {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const reporter = { name: 'Siti Contoh', email: 'siti@gmial.com', phone: '081234567890' };
	const { reference } = await makeCase(office.unit, { identity: 'withheld', reporter });
	const words = 'Alamat yang saya tulis dulu salah ketik.';
	const { id } = await askAsReporter(reference, { kind: 'contact', email: 'siti@gmail.com', lost: 'on', words });
	const seen = await readRequest(admin, id);
	expect(seen).toMatchObject({ email: 'siti@gmail.com', currentContact: 's***@gmial.com · ***7890' });
	expect(seen).not.toHaveProperty('reporterSealed');
	expect(await readRequest(office.handler, id)).toMatchObject({ currentContact: null });
	await decideRequest(admin, id, { decision: 'grant', version: 1, reason: 'Salah ketik terlihat.' });
	expect(await readRequest(admin, id)).toMatchObject({ currentContact: null });
});

test('the decider and the reporter can tell two contacts with the same mask apart; the reporter can remove a wrong one', async () => {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const reporter = { name: 'Siti Contoh', email: 'sitii@contoh.invalid' };
	const { reference } = await makeCase(office.unit, { identity: 'named', reporter });
	const asked = await askAsReporter(reference, { kind: 'contact', email: 'siti@contoh.invalid' });
	expect(asked).toMatchObject({ contact: 's***@contoh.invalid', looksCurrent: true });
	expect(asked).not.toHaveProperty('reporterSealed');
	expect(await readRequest(admin, asked.id)).toMatchObject({ currentContact: 's***i@contoh.invalid' });
	await decideRequest(admin, asked.id, {
		decision: 'refuse',
		version: 1,
		ground: 'Pasal',
		reason: 'Belum dikonfirmasi.'
	});
	const words = 'Alamat itu bukan milik saya.';
	const { id, looksCurrent } = await askAsReporter(reference, { kind: 'contact', lost: 'on', words });
	expect(looksCurrent).toBe(false);
	await decideRequest(admin, id, { decision: 'grant', version: 1, reason: 'Identitas dicocokkan di loket.' });
	const known = await decryptReporter((await readCase(reference)).reporterSealed);
	expect(known).toEqual({ name: 'Siti Contoh', email: null, phone: null });
});

describe('a request that names the only administrator', () => {
	const words = 'Jangan biarkan Ibu Rahmawati memakai data saya.';
	/** @returns the accounts that got a notice of the request */
	async function toldOf(caseId: number) {
		await requestByReporter(caseId, { kind: 'restriction', words, submission_id: crypto.randomUUID() });
		const [request] = await requestsAbout({ caseId });
		const told = await db().select().from(notices);
		return told.filter(({ data }) => data.request === request?.id).map(({ accountId }) => accountId);
	}

	test('stays with the administrator, because its deadline must not run unheard', async () => {
		const [, named] = await makeOfficerWithAccount(office.unit.id, ['admin'], 'Rahmawati Tandipau');
		const { id: caseId } = await readCase((await makeCase(office.unit)).reference);
		expect(await toldOf(caseId)).toEqual([named.accountId]);
		expect(await officersOfCase(caseId)).toEqual([]);
		expect((await listRequests(named, { list: 'waiting' })).items).toHaveLength(1);
	});

	test('goes to the responsible person of the office above', async () => {
		const [, named] = await makeOfficerWithAccount(office.unit.id, ['admin', 'supervisor'], 'Rahmawati Tandipau');
		const { accountId } = office.rootSupervisor;
		for (const [id, privacyAccountId] of [
			[office.unit.id, named.accountId],
			[office.root.id, accountId]
		] as const)
			await db().update(units).set({ privacyAccountId }).where(eq(units.id, id));
		const { id: caseId } = await readCase((await makeCase(office.unit)).reference);
		expect(await toldOf(caseId)).toEqual([accountId]);
		expect(await officersOfCase(caseId)).toMatchObject([{ state: 'proposed' }]);
		expect((await listRequests(office.rootSupervisor, { list: 'waiting' })).items).toHaveLength(1);
	});
});

test('the reporter of a withdrawn report reads that it is withdrawn, and is asked for no score of its answer', async () => {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	for (const status of ['in_progress', 'answered'] as const) {
		const { reference } = await caseIn(office, status);
		const { id } = await askAsReporter(reference, { kind: 'report', sure: 'on' });
		expect(await seenByReporter(reference)).toMatchObject({ withdrawn: false });
		await decideRequest(admin, id, { decision: 'grant', version: 1 });
		const ended = { withdrawn: true, may: { score: false, dispute: false } };
		expect(await seenByReporter(reference), status).toMatchObject(ended);
	}
});

test('the reporter learns since when a request restricts the report', async () => {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const { reference } = await makeCase(office.unit);
	const { id, caseId } = await askAsReporter(reference, { kind: 'restriction' });
	expect((await seenByReporter(reference)).restrictedAt).toBeNull();
	await decideRequest(admin, id, { decision: 'grant', version: 1 });
	const [granted] = await requestsAbout({ caseId });
	expect((await seenByReporter(reference)).restrictedAt).toEqual(granted?.decidedAt);
});

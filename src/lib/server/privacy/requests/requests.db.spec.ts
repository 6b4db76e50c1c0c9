import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { formatDateTime } from '#lib/calendar/format.ts';
import { makeActor, makeCase, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { act, atTime, caseIn, entriesOf, lastEntry, nameOfficer, readCase, story } from '#lib/dev/testing/office.ts';
import { askAsReporter } from '#lib/dev/testing/reporters.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { handOverCase } from '#lib/server/cases/handling/hand-over.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { linkCase } from '#lib/server/cases/linking/link.ts';
import { likelyDuplicatesOf } from '#lib/server/cases/triage/duplicates.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { escalateCase } from '#lib/server/escalation/forward/forward.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { readLog } from '#lib/server/people/audit-log.ts';
import { decideRequest, liftRestriction, withdrawRequest } from './decide.ts';
import { recordRequest } from './receive.ts';
import { countRequests, listRequests, readRequest, requestsAbout } from './register.ts';
import { notifyNewOffices, sweepDataRequests } from './request-notices.ts';

const office = useOffice();
const REPORTER = { name: 'Pelapor Contoh 1', phone: '081234500001' };
const FRIDAY = '2026-11-27T16:30:00+08:00';

let admin: Actor;
let reference: string;
beforeEach(async () => {
	admin = await makeActor([[office.unit.id, 'admin']]);
	({ reference } = await makeCase(office.unit, { identity: 'named', reporter: REPORTER }));
});

const ask = (input: Record<string, unknown>, of = reference) => askAsReporter(of, input);
const latestRequest = async () => (await requestsAbout({ caseId: (await readCase(reference)).id }))[0];
const stored = async (id: string) => {
	const [row] = await db().select().from(dataRequests).where(eq(dataRequests.id, id));
	if (!row) throw new Error('no row');
	return row;
};
const decide = async (id: string, input: Record<string, unknown>, actor = admin) =>
	decideRequest(actor, id, { version: (await stored(id)).version, ...input });
const REFUSAL = {
	decision: 'refuse',
	ground: 'UU 27/2022 Pasal 15 ayat (1) huruf c',
	reason: 'Laporan ini wajib dilanjutkan menurut hukum.'
};

test('a request is due 72 hours after receipt, counting the weekend, and has a number without gaps', async () => {
	const first = await atTime(FRIDAY, () => ask({ kind: 'access' }));
	expect(formatDateTime(first.dueAt, 'Asia/Makassar', 'id')).toContain('Senin, 30 November 2026, 16.30');
	const again = atTime(FRIDAY, () => ask({ kind: 'access' }));
	await expect(again).rejects.toMatchObject({ issues: [{ code: 'request_open' }] });
	const second = await atTime(FRIDAY, () => ask({ kind: 'restriction' }));
	const numbers = [first.number, second.number];
	expect(numbers).toEqual([1, 2].map((n) => `PD-${office.unit.code}-2026-000${n}`));
	expect(await story(reference)).toEqual(['opened', 'data_requested', 'data_requested']);
});

test('the same form sent twice makes one request, and other content under its id is refused', async () => {
	const submission_id = crypto.randomUUID();
	await ask({ kind: 'access', submission_id });
	await ask({ kind: 'access', submission_id });
	expect(await requestsAbout({ caseId: (await readCase(reference)).id })).toHaveLength(1);
	await expect(ask({ kind: 'restriction', submission_id })).rejects.toMatchObject({ code: 'submission-reused' });
});

test('incomplete requests are refused with the field that is missing', async () => {
	for (const [input, code] of [
		[{ kind: 'correction' }, 'request_words_missing'],
		[{ kind: 'contact' }, 'request_contact_missing'],
		[{ kind: 'report' }, 'request_sure'],
		[{}, 'request_kind']
	] as const)
		await expect(ask(input)).rejects.toMatchObject({ issues: [{ code }] });
});

test('granting a copy writes to the timeline and the audit log, and closes the request', async () => {
	const { id, number } = await ask({ kind: 'access', words: 'Untuk arsip saya.' });
	expect((await stored(id)).contentSealed).not.toContain('arsip');
	expect(await readRequest(admin, id)).toMatchObject({ words: 'Untuk arsip saya.', visible: false, decides: true });
	await decide(id, { decision: 'grant' });
	expect(await latestRequest()).toMatchObject({ state: 'granted', words: 'Untuk arsip saya.' });
	expect(await lastEntry(reference, 'data_decided')).toMatchObject({
		public: true,
		data: { number, outcome: 'granted' }
	});
	const actions = await db().select().from(auditEntries).where(eq(auditEntries.subject, number));
	expect(actions.map(({ action }) => action)).toEqual(['data_request.received', 'data_request.granted']);
});

test('a refusal needs ground and reason, which the reporter reads', async () => {
	const { id } = await ask({ kind: 'access' });
	await expect(decide(id, { decision: 'refuse' })).rejects.toMatchObject({
		issues: [{ code: 'request_ground_missing' }, { code: 'reason_short' }]
	});
	await decide(id, REFUSAL);
	const { ground, reason } = REFUSAL;
	expect(await latestRequest()).toMatchObject({ state: 'refused', ground, reason });
});

test('the second of two decisions is stale, also after the reporter withdrew the request', async () => {
	const { id } = await ask({ kind: 'access' });
	const both = await Promise.allSettled([decide(id, { decision: 'grant' }), decide(id, REFUSAL)]);
	expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	const other = await ask({ kind: 'restriction' });
	const caseId = (await readCase(reference)).id;
	await withdrawRequest(caseId, { withdraw: other.id });
	expect(await latestRequest()).toMatchObject({ state: 'withdrawn' });
	// The button was pressed twice.
	await withdrawRequest(caseId, { withdraw: other.id });
	await expect(decide(other.id, REFUSAL)).rejects.toMatchObject({ code: 'stale' });
});

test('nobody withdraws the request of another report', async () => {
	const { id } = await ask({ kind: 'access' });
	const other = await makeCase(office.unit);
	const withdrawn = withdrawRequest((await readCase(other.reference)).id, { withdraw: id });
	await expect(withdrawn).rejects.toMatchObject({ name: 'NotFound' });
});

test('handlers see that a request about their case exists, but not its text, and cannot decide it; other offices see nothing', async () => {
	const { id } = await ask({ kind: 'access', words: 'Nama saya Pelapor Contoh 1.' });
	const read = await readRequest(office.handler, id);
	expect(read).toMatchObject({ decides: false, visible: true, readsWords: false });
	expect(JSON.stringify(read)).not.toContain('Pelapor Contoh');
	await expect(decide(id, { decision: 'grant' }, office.handler)).rejects.toMatchObject({ code: 'data_request' });
	const foreign = await makeActor([[office.unit.id, 'manager']]);
	await expect(readRequest(foreign, id)).rejects.toMatchObject({ name: 'NotFound' });
	await expect(listRequests(foreign, { list: 'waiting' })).rejects.toMatchObject({ name: 'NotAllowed' });
	const neighbour = await makeActor([[(await makeUnit({ parent: office.root })).id, 'admin']]);
	expect((await listRequests(neighbour, { list: 'waiting' })).items).toEqual([]);
});

test('an administrator whom the case names sees none of its requests and gets no notice', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['admin']);
	await nameOfficer(office.supervisor, reference, officer);
	const { id, number } = await ask({ kind: 'access' });
	await expect(readRequest(named, id)).rejects.toMatchObject({ name: 'NotFound' });
	const told = (await db().select().from(notices)).filter(({ data }) => data.request === id);
	expect(told.map(({ accountId }) => accountId)).toEqual([admin.accountId]);
	const logged = async (reader: Actor) =>
		(await readLog(reader, { area: 'data_request' }, 'Asia/Makassar')).map(({ subject }) => subject);
	expect([await logged(named), await logged(admin)].map((list) => list.includes(number))).toEqual([false, true]);
	await decide(id, REFUSAL);
	const [refused] = await readLog(admin, { area: 'data_request' }, 'Asia/Makassar');
	expect(refused).toMatchObject({ subject: number, reason: null });
});

test('a decision by an acting supervisor carries the acting role, also if the person handles cases anyway', async () => {
	const { unit } = office;
	const person = await makeActor([
		[unit.id, 'handler'],
		[unit.id, 'supervisor']
	]);
	await transaction((tx) => tx.update(units).set({ privacyAccountId: person.accountId }).where(eq(units.id, unit.id)));
	const role = { unitIds: [unit.id], order: 'SPT 12/2026' };
	const held: Actor['held'] = [
		{ ...role, role: 'handler', acting: null },
		{ ...role, role: 'supervisor', acting: 'plh' }
	];
	const acting = { ...person, held };
	const { id } = await ask({ kind: 'restriction' });
	await decide(id, { decision: 'grant' }, acting);
	await liftRestriction(acting, id, { reason: 'Pembatasan tidak diperlukan lagi.' });
	for (const type of ['data_decided', 'restriction_lifted'])
		expect(await lastEntry(reference, type)).toMatchObject({ data: { acting: 'plh', acting_order: 'SPT 12/2026' } });
	// As administrator the person needs no acting role.
	const other = await ask({ kind: 'access' });
	const both = { ...acting, units: { ...acting.units, admin: [unit.id] } };
	await decide(other.id, REFUSAL, both);
	expect((await lastEntry(reference, 'data_decided'))?.data).not.toHaveProperty('acting');
});

test('administrators of offices above get a notice if the responsible person is named and no other decides', async () => {
	const unit = await makeUnit({ parent: office.root });
	const above = await makeActor([[office.root.id, 'admin']]);
	const [officer, responsible] = await makeOfficerWithAccount(unit.id, ['supervisor', 'admin']);
	await transaction((tx) =>
		tx.update(units).set({ privacyAccountId: responsible.accountId }).where(eq(units.id, unit.id))
	);
	const { reference: of } = await makeCase(unit);
	await nameOfficer(await makeActor([[unit.id, 'supervisor']]), of, officer);
	const { id } = await ask({ kind: 'access' }, of);
	const told = (await db().select().from(notices)).filter(({ data }) => data.request === id);
	expect(told.map(({ accountId }) => accountId)).toEqual([above.accountId]);
});

test('the number of a restricted case is hidden from administrators who may not see it', async () => {
	const restricted = await makeCase(office.unit, { category: 'integrity' });
	const above = await makeActor([[office.root.id, 'admin']]);
	const { id } = await ask({ kind: 'access' }, restricted.reference);
	expect(await readRequest(above, id)).toMatchObject({ case: null, hasCase: true, decides: true });
	await expect(readRequest(admin, id)).rejects.toMatchObject({ name: 'NotFound' });
});

test('a request follows its report to the office that takes it over, with its notices', async () => {
	const to = await makeUnit({ parent: office.root });
	const there = await makeActor([[to.id, 'admin']]);
	const { id } = await atTime(FRIDAY, () => ask({ kind: 'access' }));
	const sweep = () => atTime('2026-11-30T16:30:00+08:00', sweepDataRequests);
	await sweep();
	await act(handOverCase, office.supervisor, reference, { unit: to.code, reason: 'Laporan ini tentang kantor lain.' });
	await expect(readRequest(admin, id)).rejects.toMatchObject({ name: 'NotFound' });
	expect(await readRequest(there, id)).toMatchObject({ decides: true, unit: { name: to.name } });
	for (const _ of [1, 2]) await notifyNewOffices(await entriesOf(reference));
	for (const _ of [1, 2]) await sweep();
	const ofRequest = (await db().select().from(notices)).filter(({ data }) => data.request === id);
	for (const stage of ['received', 'overdue']) {
		const notified = ofRequest.filter(({ kind }) => kind === `data_request_${stage}`);
		expect(new Set(notified.map(({ accountId }) => accountId))).toEqual(new Set([admin.accountId, there.accountId]));
		expect(notified).toHaveLength(2);
	}
	expect([await countRequests(admin), await countRequests(there)].map(({ waiting }) => waiting)).toEqual([0, 1]);
});

test('the people who decide are notified at once, after 48 hours and after 72 hours, once each', async () => {
	await atTime('2026-11-27T16:30:00+08:00', () => ask({ kind: 'access' }));
	const sweep = (moment: string) => atTime(moment, sweepDataRequests);
	const kinds = async () =>
		(
			await db()
				.select()
				.from(notices)
				.where(eq(notices.accountId, admin.accountId ?? ''))
		)
			.map(({ kind }) => kind)
			.sort();
	await sweep('2026-11-29T16:29:00+08:00');
	expect(await kinds()).toEqual(['data_request_received']);
	for (const moment of ['2026-11-29T16:30:00+08:00', '2026-11-29T18:00:00+08:00']) await sweep(moment);
	expect(await kinds()).toEqual(['data_request_received', 'data_request_warning']);
	for (const moment of ['2026-11-30T16:30:00+08:00', '2026-11-30T18:00:00+08:00']) await sweep(moment);
	expect(await kinds()).toEqual(['data_request_overdue', 'data_request_received', 'data_request_warning']);
});

test('staff record how they checked a person at the counter, with or without a report', async () => {
	const counter = {
		kind: 'access',
		unit: office.unit.code,
		submission_id: crypto.randomUUID(),
		check: 'identity_card',
		check_note: 'Cocok dengan nama pada laporan.'
	};
	const { check: _, ...unchecked } = counter;
	await expect(recordRequest(office.handler, unchecked)).rejects.toMatchObject({ issues: [{ code: 'request_check' }] });
	await expect(recordRequest(office.handler, counter)).rejects.toMatchObject({
		issues: [{ code: 'request_person_missing' }]
	});
	const foreign = await makeActor([[office.root.id, 'manager']]);
	await expect(recordRequest(foreign, { ...counter, reference })).rejects.toMatchObject({ name: 'NotFound' });
	const id = await recordRequest(office.handler, { ...counter, reference });
	const recorded = { personCheck: 'identity_card', checkNote: counter.check_note, readsWords: true, decides: false };
	expect(await readRequest(office.handler, id)).toMatchObject(recorded);
	const person = { ...counter, person: 'Warga Contoh, Jalan Contoh 1', submission_id: crypto.randomUUID() };
	const copies = await Promise.all([1, 2, 3, 4].map(() => recordRequest(office.handler, person)));
	expect(new Set(copies).size).toBe(1);
	const [alone = ''] = copies;
	expect(await readRequest(admin, alone)).toMatchObject({ hasCase: false, person: person.person });
	await expect(decide(alone, { decision: 'grant' })).rejects.toMatchObject({ issues: [{ code: 'reason_missing' }] });
	await decide(alone, { decision: 'grant', reason: 'Tidak ada data orang ini di kantor.' });
	expect(await stored(alone)).toMatchObject({ state: 'granted' });
});

test('a case that is archived can still be asked about', async () => {
	const row = await caseIn(office, 'archived', { identity: 'named', reporter: REPORTER });
	const { id } = await ask({ kind: 'report', sure: 'on' }, row.reference);
	await decide(id, { decision: 'grant' });
	expect(await readCase(row.reference)).toMatchObject({ status: 'archived', archiveReason: 'out_of_scope' });
});

test('a granted restriction refuses steps that the law does not require, until it is lifted', async () => {
	const { reference: main } = await makeCase(office.unit);
	const { id } = await ask({ kind: 'restriction' });
	await decide(id, { decision: 'grant' });
	const { handler } = office;
	const refused = { code: 'invalid-move', present: { reason: 'processing_restricted' } };
	await act(verifyCase, handler, reference, { category: 'time', class: 'plain' });
	await act(assignCase, handler, reference, { assignee: handler.accountId });
	for (const step of [
		() => act(linkCase, handler, reference, { main }),
		() => act(escalateCase, handler, reference, { purpose: 'record', reason: 'Dicatat sebagai laporan.' }),
		() =>
			act(splitCase, handler, reference, {
				kind: 'suggestion',
				body: 'Bagian kedua dari laporan ini.',
				submission_id: crypto.randomUUID()
			})
	])
		await expect(step()).rejects.toMatchObject(refused);
	expect(await likelyDuplicatesOf(handler, await readCase(reference))).toEqual([]);
	await liftRestriction(admin, id, { reason: 'Pelapor meminta pembatasan diakhiri.' });
	expect(await lastEntry(reference, 'restriction_lifted')).toMatchObject({ public: true });
	await act(linkCase, handler, reference, { main });
});

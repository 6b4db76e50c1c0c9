import { eq, inArray } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { classifyCase } from '#lib/server/cases/handling/verify.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { escalationFiles, escalations } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { testConnection, haltConnection } from './connection/connection.ts';
import { deliver } from './delivery/deliver.ts';
import { followCaseEvents } from './followups/followups.ts';
import { escalationCounts, listEscalations, forwardingAlarm } from './list.ts';
import { setManualStatus, resolveEscalation, settleTask } from './decisions.ts';
import { resendEscalation } from './forward/forward.ts';
import { lockEscalation } from './rows.ts';
import { raiseTask } from './tasks.ts';
import { escalationForApi, escalationView, forwardsOfCase } from './view.ts';
import { makeActor, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { forwardedCase, HOUR, inMs, makeOffice, MINUTE, photo, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';
import { manyForwards } from '#lib/dev/testing/forwarding/many-forwards.ts';
import { caseOfficers, cases } from '#lib/server/db/schema/cases.ts';

const lapor = useLapor();
const today = () => new Date(Date.now() + 8 * HOUR).toISOString().slice(0, 10);

describe('sending again with edited text', () => {
	const rejected = async () => {
		const office = await makeOffice();
		const forwarded = await forwardedCase(office, {}, {}, { files: [await photo()] });
		await lapor.faults([
			{ kind: 'answer', status: 422, body: '{"message":"Judul terlalu umum"}', match: { endpoint: 'create' }, count: 1 }
		]);
		await deliver(forwarded.escalation.id);
		return { office, ...forwarded };
	};

	it('closes the rejected row, opens the next number, keeps the history and uploads no file twice', async () => {
		const { office, escalation } = await rejected();
		const next = await resendEscalation(office.actor, escalation.id, {
			reason: 'Judul diperjelas',
			title: 'Antrean loket PST satu jam'
		});
		expect(next).toMatchObject({
			nn: 2,
			state: 'waiting',
			title: 'Antrean loket PST satu jam',
			content: escalation.content
		});
		await deliver(next.id);
		const old = await forwardNow(escalation.id);
		expect(old.escalation).toMatchObject({ state: 'closed', reasonText: 'Judul terlalu umum' });
		expect(old.row.escalationState).toBe('sent');
		expect(await lapor.reports(escalation.reference)).toHaveLength(0);
		expect(await lapor.reports(next.reference)).toHaveLength(1);
		const ofBoth = inArray(escalationFiles.escalationId, [escalation.id, next.id]);
		const [first, second] = await db().select().from(escalationFiles).where(ofBoth);
		expect(first?.remoteId).toMatch(/^\d+$/);
		expect(second?.remoteId).toBe(first?.remoteId);
		expect(old.types.slice(-3)).toEqual(['escalation_closed', 'escalation_waiting', 'escalation_sent']);
	});

	it.each([
		[400, 'refused_without_reason'],
		[403, 'forbidden']
	])('replaces a report that a gateway blocks with %i, while the connection is halted', async (status, reasonCode) => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		await lapor.faults([{ kind: 'answer', status, body: '<h1>Ditolak</h1>', match: { endpoint: 'create' } }]);
		await deliver(escalation.id);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'waiting', reasonCode });
		const edited = { reason: 'Kata-katanya diubah', title: 'Antrean loket' };
		const next = await resendEscalation(office.actor, escalation.id, edited);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'closed', nextAttemptAt: null });
		await lapor.faults();
		expect(await testConnection(await makeActor([[(await makeUnit()).id, 'admin']]))).toMatchObject({ ok: true });
		for (const id of [escalation.id, next.id]) await deliver(id);
		expect((await forwardNow(next.id)).escalation).toMatchObject({ nn: 2, state: 'sent' });
		expect(await lapor.reports(escalation.reference)).toHaveLength(0);
		expect(await lapor.reports(next.reference)).toHaveLength(1);
	});

	it('refuses a waiting or sent row', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		const again = () => resendEscalation(office.actor, escalation.id, { reason: 'Kirim lagi saja' });
		await expect(again()).rejects.toMatchObject({ code: 'invalid-move' });
		await deliver(escalation.id);
		await expect(again()).rejects.toMatchObject({ code: 'invalid-move' });
	});

	it('is refused while the reporter has restricted the processing', async () => {
		const { office, row, escalation } = await rejected();
		await db().update(cases).set({ processingRestrictedAt: new Date() }).where(eq(cases.id, row.id));
		const again = resendEscalation(office.actor, escalation.id, { reason: 'Judul diperjelas' });
		await expect(again).rejects.toMatchObject({ present: { reason: 'processing_restricted' } });
	});

	it('opens one row when two requests arrive at once', async () => {
		const { office, escalation } = await rejected();
		const results = await Promise.allSettled(
			[1, 2].map(() => resendEscalation(office.actor, escalation.id, { reason: 'Judul diperjelas' }))
		);
		expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
	});
});

describe('manual mode', () => {
	const manual = async () => {
		overrideEnv({ LAPOR_MODE: 'manual' });
		const office = await makeOffice({});
		const { row, escalation } = await forwardedCase(office);
		const enter = (lapor_id: string, more = {}) =>
			resolveEscalation(office.actor, escalation.id, { outcome: 'found', lapor_id, reason: 'Sudah diisikan', ...more });
		return { office, row, escalation, enter };
	};

	it('withdraws the texts to copy once the report becomes integrity', async () => {
		const { office, row, escalation } = await manual();
		await writeMessage(office.actor, row.reference, { body: 'Sedang kami bahas.', public: true });
		await followCaseEvents((await forwardNow(escalation.id)).entries);
		expect((await escalationView(office.actor, escalation.id)).followups).toHaveLength(1);
		const { version } = (await forwardNow(escalation.id)).row;
		const integrity = { category: 'integrity', class: 'plain', priority: 'normal', version };
		await classifyCase(office.actor, row.reference, integrity);
		await followCaseEvents((await forwardNow(escalation.id)).entries);
		const view = await escalationView(office.actor, escalation.id);
		expect(view).toMatchObject({ state: 'closed', reason: { code: 'integrity' }, followups: [] });
	});

	it('records number, date and status by hand until Selesai, as entries by staff', async () => {
		const { office, escalation, enter } = await manual();
		const view = await escalationView(office.actor, escalation.id);
		expect(view.texts).toMatchObject({ classification: 'Pengaduan', isSecret: true, isAnonymous: true });
		await enter('#770001', { at: today() });
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({
			state: 'sent',
			laporId: '770001',
			nextPollAt: null
		});
		const status = (status_name: string, note?: string) =>
			setManualStatus(office.actor, escalation.id, { status_name, note, at: today() });
		await status('Dalam Proses');
		await status('Selesai', 'Loket sudah ditambah.');
		const { row, escalation: after, entries } = await forwardNow(escalation.id);
		// Not answered: the handler who typed the text would be the only person.
		expect([row.status, row.escalationState, after.state]).toEqual(['in_progress', 'closed', 'closed']);
		expect(after).toMatchObject({ laporStatus: 'Selesai', task: 'finished', taskText: 'Loket sudah ditambah.' });
		const statuses = entries.filter(({ type }) => type === 'escalation_status');
		expect(statuses.map(({ actorKind }) => actorKind)).toEqual(['staff', 'staff']);
	});

	it('gives a transferred report back to the office when a person enters Ditolak, and closes it at Selesai', async () => {
		overrideEnv({ LAPOR_MODE: 'manual' });
		const office = await makeOffice();
		const institution = 'Pemerintah Kabupaten Mamuju';
		for (const [lapor_id, status_name, status, transferredTo] of [
			['7700101', 'Ditolak', 'in_progress', null],
			['7700102', 'Selesai', 'closed', institution]
		]) {
			const { escalation } = await forwardedCase(office, { purpose: 'transfer', institution });
			await resolveEscalation(office.actor, escalation.id, { outcome: 'found', lapor_id, reason: 'Sudah diisikan' });
			// The person who entered the number is named, not SP4N-LAPOR!.
			const { entries } = await forwardNow(escalation.id);
			expect(entries.find(({ type }) => type === 'answered')).toMatchObject({
				actorKind: 'staff',
				actorId: office.actor.accountId
			});
			await setManualStatus(office.actor, escalation.id, { status_name, at: today(), note: 'Sesuai laman' });
			expect((await forwardNow(escalation.id)).row).toMatchObject({ status, transferredTo });
		}
	});

	it('refuses an unknown status, a date in the future and a date before the report or the latest news', async () => {
		const { office, escalation, enter } = await manual();
		await enter('770002');
		const status = (changes: Record<string, unknown>) =>
			setManualStatus(office.actor, escalation.id, { status_name: 'Dalam Proses', at: today(), ...changes });
		await expect(status({ status_name: 'Entah' })).rejects.toMatchObject({ issues: [{ path: 'status_name' }] });
		await expect(status({ at: '2199-01-01' })).rejects.toMatchObject({ issues: [{ code: 'escalation_at_ahead' }] });
		const early = status({ at: '2020-01-01' });
		await expect(early).rejects.toMatchObject({ issues: [{ path: 'at', code: 'escalation_at_before_report' }] });
		await status({});
		await expect(status({ status_name: 'Terverifikasi', at: '2020-01-01' })).rejects.toMatchObject({
			issues: [{ code: 'escalation_at_older' }]
		});
	});

	it('accepts a status of the same day as the latest one, whatever the hour', async () => {
		const { office, escalation, enter } = await manual();
		await enter('770004');
		const status = (status_name: string, at: string) =>
			inMs(48 * HOUR, () => setManualStatus(office.actor, escalation.id, { status_name, at }));
		const tomorrow = new Date(Date.now() + 32 * HOUR).toISOString().slice(0, 10);
		const evening = `${tomorrow}T18:00:00+08:00`;
		await status('Terverifikasi', evening);
		const after = await status('Dalam Proses', tomorrow);
		expect(after).toMatchObject({ laporStatus: 'Dalam Proses', laporNewsAt: new Date(evening) });
	});

	it('lists forwards by hand without news for five working days', async () => {
		const { office, escalation, enter } = await manual();
		await enter('770003');
		expect((await listEscalations(office.actor, { quiet: true })).items).toHaveLength(0);
		// A month contains at least five working days, whichever holidays it has.
		const inAMonth = <T>(work: () => Promise<T>) => inMs(30 * 24 * HOUR, work);
		expect((await inAMonth(() => listEscalations(office.actor, { quiet: true }))).items).toHaveLength(1);
		expect(await inAMonth(() => escalationCounts(office.actor))).toMatchObject({ quiet: 1 });
		await db().update(escalations).set({ mode: 'api' }).where(eq(escalations.id, escalation.id));
		expect(await inAMonth(() => escalationCounts(office.actor))).toMatchObject({ quiet: 0 });
	});
});

describe('the list of forwards', () => {
	it('shows the forwards that the actor may see, with counts and the oldest age, page by page', async () => {
		const office = await makeOffice();
		const stranger = await makeOffice();
		await manyForwards(office, 31, {});
		const first = await listEscalations(office.actor, {});
		expect(first.items).toHaveLength(30);
		const second = await listEscalations(office.actor, {}, first.nextCursor ?? undefined);
		expect(second.items).toHaveLength(2);
		const ids = new Set([...first.items, ...second.items].map((item) => item.escalation.id));
		expect(ids.size).toBe(32);
		expect((await listEscalations(stranger.actor, {})).items).toEqual([]);
		const counts = await escalationCounts(office.actor);
		expect(counts.states.waiting?.count).toBe(32);
		expect(counts.states.waiting?.oldest?.getTime()).toBeLessThanOrEqual(Date.now());
		expect((await listEscalations(office.actor, { state: 'sent' })).items).toEqual([]);
	});

	it('hides a case from the account of an officer whom it names, in the list and by its URL', async () => {
		const office = await makeOffice();
		const officer = await makeOfficer(office.unit.id);
		const named = await makeActor([[office.unit.id, 'handler']], officer.id);
		const { escalation } = await forwardedCase(office, {}, { officer: officer.id });
		expect((await listEscalations(named, {})).items).toEqual([]);
		expect((await escalationCounts(named)).states).toEqual({});
		await expect(escalationView(named, escalation.id)).rejects.toMatchObject({ name: 'NotFound' });
		const resolved = resolveEscalation(named, escalation.id, { outcome: 'absent', reason: 'Tidak ada' });
		await expect(resolved).rejects.toMatchObject({ name: 'NotFound' });
	});

	it('gives the API the reference of the case and no reason where there is none', async () => {
		const office = await makeOffice();
		const { escalation, row } = await forwardedCase(office);
		expect(await escalationForApi(office.actor, escalation.id)).toMatchObject({
			case: row.reference,
			reference: `${row.reference}.01`,
			reason: null
		});
		expect(await forwardsOfCase((await caseForActor(office.actor, row.reference)).row)).toMatchObject([
			{ id: escalation.id, state: 'waiting' }
		]);
		await expect(escalationForApi(office.actor, 'not-an-id')).rejects.toMatchObject({ name: 'NotFound' });
	});
});

it('counts the forwards that wait for a person, of cases that the person may see', async () => {
	const office = await makeOffice();
	const officer = await makeOfficer(office.unit.id);
	const named = await makeActor([[office.unit.id, 'handler']], officer.id);
	const stranger = await makeActor([[(await makeOffice()).unit.id, 'handler']]);
	const states = ['unknown', 'rejected', 'stuck', 'waiting', 'sent', 'sent'] as const;
	const forwards = [];
	for (const state of states) {
		const { escalation } = await forwardedCase(office);
		await db().update(escalations).set({ state }).where(eq(escalations.id, escalation.id));
		forwards.push(escalation);
	}
	const [unknown, , , , , withTask] = forwards;
	await db()
		.update(escalations)
		.set({ task: 'postponed' })
		.where(eq(escalations.id, withTask?.id ?? ''));
	await db()
		.insert(caseOfficers)
		.values({ caseId: unknown?.caseId ?? 0, officerId: officer.id, source: 'staff', state: 'named' });
	expect(await forwardingAlarm(office.actor)).toEqual({ halted: null, todo: 4 });
	expect(await forwardingAlarm(named)).toEqual({ halted: null, todo: 3 });
	expect(await forwardingAlarm(stranger)).toEqual({ halted: null, todo: 0 });
});

it('refuses to settle a task that was replaced since the page was loaded', async () => {
	const office = await makeOffice();
	const { id } = (await forwardedCase(office)).escalation;
	const raise = (task: 'postponed' | 'refused') =>
		transaction(async (tx) => void (await raiseTask(tx, await lockEscalation(tx, id), task)));
	const shownAt = async () => (await escalationView(office.actor, id)).taskAt?.toISOString();
	await raise('postponed');
	const raised = await shownAt();
	await inMs(MINUTE, () => raise('refused'));
	await expect(settleTask(office.actor, id, { raised })).rejects.toMatchObject({ code: 'stale' });
	expect(await settleTask(office.actor, id, { raised: await shownAt() })).toMatchObject({ task: null });
});

it('shows the time of the halt to all staff', async () => {
	await haltConnection({ code: 'unauthorised' });
	const { actor } = await makeOffice();
	expect((await forwardingAlarm(actor)).halted).toMatchObject({ at: expect.any(Date), zone: 'Asia/Makassar' });
});

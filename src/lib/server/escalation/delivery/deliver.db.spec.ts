import { eq } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { db } from '#lib/server/db/index.ts';
import { escalationFiles } from '#lib/server/db/schema/escalations.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { attemptsOf } from '../call-log.ts';
import { haltOf } from '../connection/connection.ts';
import { deliver } from './deliver.ts';
import { filesOf } from '../forward/files.ts';
import { followCaseEvents } from '../followups/followups.ts';
import { resolveEscalation } from '../decisions.ts';
import { followupsOf } from '#lib/dev/testing/forwarding/world.ts';
import { settlePresentTask } from '#lib/dev/testing/forwarding/present-task.ts';
import { forwardedCase, HOUR, inMs, makeOffice, MINUTE, photo, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';

const lapor = useLapor();

/** The outcomes of a forward's calls, oldest first. */
const outcomesOf = async (id: string) =>
	(await attemptsOf(id)).map(({ step, outcome }) => `${step} ${outcome}`).reverse();

describe('sending a report to LAPOR', () => {
	it('uploads the photos, creates the report, and stores number, attempts and timeline entry', async () => {
		const office = await makeOffice();
		const files = [await photo('a.jpg'), await photo('b.jpg')];
		const { escalation, row } = await forwardedCase(office, {}, {}, { files });
		await deliver(escalation.id);
		const [report] = await lapor.reports(escalation.reference);
		const { escalation: sent, row: after, entries } = await forwardNow(escalation.id);
		expect(sent).toMatchObject({ state: 'sent', laporId: String(report?.id), attempts: 1, leaseUntil: null });
		expect(sent.nextPollAt).not.toBeNull();
		expect(after).toMatchObject({ escalationState: 'sent', status: 'in_progress' });
		expect(entries.find((entry) => entry.type === 'escalation_sent')).toMatchObject({
			public: true,
			actorKind: 'lapor',
			data: { lapor_id: String(report?.id) }
		});
		const storedFiles = await db()
			.select()
			.from(escalationFiles)
			.where(eq(escalationFiles.escalationId, escalation.id));
		const ids = storedFiles.map((file) => file.remoteId);
		expect(report?.payload.attachments).toMatch(/^\[\d+,\d+\]\.$/);
		expect(ids.every((id) => String(report?.payload.attachments).includes(String(id)))).toBe(true);
		expect(report?.payload).toMatchObject({
			user_id: 5218120,
			is_new_user_slider: false,
			is_secret: true,
			tags_raw: `#${row.reference.replaceAll('-', '')}01`
		});
		expect(await outcomesOf(escalation.id)).toEqual(['upload uploaded', 'upload uploaded', 'create accepted']);
	});

	it("sends the identity instead of the agency's account if the reporter agreed", async () => {
		const office = await makeOffice();
		const reporter = { name: 'Rahmat Contoh', email: 'rahmat@example.org', phone: '081234567890' };
		const { escalation } = await forwardedCase(
			office,
			{ consent: true },
			{ identity: 'named', reporter, consent_lapor: true }
		);
		await deliver(escalation.id);
		const [report] = await lapor.reports(escalation.reference);
		expect(report?.payload).toMatchObject({
			is_new_user_slider: true,
			nameUser: 'Rahmat Contoh',
			emailUser: 'rahmat@example.org',
			phoneUser: '081234567890'
		});
		expect(report?.payload).not.toHaveProperty('user_id');
	});

	it("a transfer answers the case and ends its deadlines once LAPOR's number arrived", async () => {
		const { escalation } = await forwardedCase(await makeOffice(), { purpose: 'transfer', institution: '200102' });
		await deliver(escalation.id);
		const [report] = await lapor.reports(escalation.reference);
		const { row, types, entries } = await forwardNow(escalation.id);
		expect(report?.dispositionId).toBe(200102);
		expect(row).toMatchObject({ status: 'answered', transferredTo: '200102', dueAt: null });
		expect(entries.find(({ type }) => type === 'answered')).toMatchObject({ actorKind: 'lapor' });
		expect(types.slice(-2)).toEqual(['escalation_sent', 'answered']);
	});

	it('creates one report when four workers run at once', async () => {
		const { escalation } = await forwardedCase(await makeOffice());
		await Promise.all([1, 2, 3, 4].map(() => deliver(escalation.id)));
		expect(await lapor.reports(escalation.reference)).toHaveLength(1);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'sent', attempts: 1 });
	});

	it('a report that lacks an id of the settings is sent automatically after an administrator entered it', async () => {
		const office = await makeOffice({ channel: '13', user: '5218120', location: '34', category: '436' });
		const { escalation } = await forwardedCase(office);
		await deliver(escalation.id);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({
			state: 'waiting',
			reasonCode: 'own_validation',
			reasonText: 'disposition_id: not_configured'
		});
		await db()
			.update(units)
			.set({ laporIds: { ...office.unit.laporIds, institution: '151347' } })
			.where(eq(units.id, office.unit.id));
		await inMs(2 * MINUTE, () => deliver(escalation.id));
		expect((await forwardNow(escalation.id)).escalation.state).toBe('sent');
	});
});

describe('a response that would halt the connection, to one photo or follow-up', () => {
	it.each([
		[403, '{"message":"Tidak boleh"}', 'Tidak boleh', 'forbidden'],
		[422, '<h1>Unprocessable</h1>', 'Unprocessable', 'refused_without_reason'],
		[405, '', null, 'method_not_allowed'],
		[302, '', null, 'redirected']
	])('%i refuses only that one, if the test call works', async (status, body, leftOut, reasonCode) => {
		const { actor, unit } = await makeOffice();
		const { escalation, row } = await forwardedCase({ actor, unit }, {}, {}, { files: [await photo('a.jpg')] });
		const { id } = escalation;
		const refuse = (endpoint: 'upload' | 'followup_add') =>
			lapor.faults([{ kind: 'answer', status, body, match: { endpoint } }]);
		if (leftOut) await refuse('upload');
		await deliver(id);
		expect((await filesOf(db(), id))[0]).toMatchObject({ leftOut });
		await refuse('followup_add');
		await writeMessage(actor, row.reference, { body: 'Sedang kami bahas.', public: true });
		await followCaseEvents((await forwardNow(id)).entries);
		await deliver(id);
		expect((await followupsOf(id))[0]).toMatchObject({ state: 'rejected', reasonCode, reasonText: leftOut });
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'sent', task: 'followup_failed' });
		expect(await haltOf()).toBeUndefined();
	});

	it.each([405, 302])(
		'%i to a photo halts the connection, because each report would lose its photos',
		async (status) => {
			const { escalation } = await forwardedCase(await makeOffice(), {}, {}, { files: [await photo('a.jpg')] });
			await lapor.faults([{ kind: 'answer', status, body: '', match: { endpoint: 'upload' } }]);
			await deliver(escalation.id);
			expect((await filesOf(db(), escalation.id))[0]).toMatchObject({ remoteId: null, leftOut: null });
			expect((await forwardNow(escalation.id)).escalation.state).toBe('waiting');
			expect(await haltOf()).toBeDefined();
		}
	);
});

describe('a follow-up that waits for a day', () => {
	async function withFollowup() {
		const office = await makeOffice();
		const { escalation, row } = await forwardedCase(office);
		const { id } = escalation;
		await deliver(id);
		await writeMessage(office.actor, row.reference, { body: 'Sedang kami bahas.', public: true });
		await followCaseEvents((await forwardNow(id)).entries);
		const taskAfter = async (hours: number) => {
			await inMs(hours * HOUR, () => deliver(id));
			return (await forwardNow(id)).escalation.task;
		};
		return { ...office, id, taskAfter };
	}

	it('for an id of the settings is a task, again a day after it was settled, until it is sent', async () => {
		const { actor, unit, id, taskAfter } = await withFollowup();
		const setIds = (laporIds: Record<string, string>) =>
			db().update(units).set({ laporIds }).where(eq(units.id, unit.id));
		await setIds({ channel: '13' });
		expect(await taskAfter(0)).toBeNull();
		expect((await followupsOf(id))[0]).toMatchObject({ reasonCode: 'own_validation', reasonText: 'user, institution' });
		expect(await taskAfter(23)).toBeNull();
		for (const hours of [25, 27]) expect(await taskAfter(hours)).toBe('followup_failed');
		expect((await forwardNow(id)).types.filter((type) => type === 'escalation_task')).toHaveLength(1);
		await inMs(28 * HOUR, () => settlePresentTask(actor, id));
		expect(await taskAfter(30)).toBeNull();
		expect(await taskAfter(50)).toBe('followup_failed');
		await setIds(unit.laporIds);
		expect(await taskAfter(52)).toBeNull();
		expect((await followupsOf(id))[0]?.state).toBe('sent');
	});

	it('because LAPOR is busy is a task until it is sent', async () => {
		const { taskAfter } = await withFollowup();
		await lapor.faults([{ kind: '429', match: { endpoint: 'followup_add' } }]);
		expect(await taskAfter(0)).toBeNull();
		for (const hours of [25, 27]) expect(await taskAfter(hours)).toBe('followup_failed');
		await lapor.faults();
		expect(await taskAfter(29)).toBeNull();
	});
});

describe('faults of LAPOR', () => {
	it.each([
		[{ kind: '429', retryAfter: 600 }, 'waiting', 'rate_limited', 0],
		[{ kind: 'drop_after_store' }, 'unknown', 'reset', 1],
		[{ kind: '500_before' }, 'unknown', 'server_error', 0],
		[{ kind: 'reference_exists' }, 'sent', null, 1],
		[{ kind: 'answer', status: 422, body: '{"message":"Judul terlalu umum."}' }, 'rejected', 'refused_fields', 0]
	])('%j leaves the forward %s', async (fault, state, reasonCode, stored) => {
		const { escalation } = await forwardedCase(await makeOffice());
		await lapor.faults([{ ...fault, match: { endpoint: 'create' } }]);
		await deliver(escalation.id);
		const { escalation: after, row, types } = await forwardNow(escalation.id);
		expect(after).toMatchObject({ state, reasonCode, attempts: 1 });
		expect(row.escalationState).toBe(state);
		expect(await lapor.reports(escalation.reference)).toHaveLength(stored);
		if (state === 'unknown') expect(types.at(-1)).toBe('escalation_unknown');
		if (state === 'waiting') {
			expect(after.nextAttemptAt?.getTime()).toBeGreaterThan(Date.now() + 9 * MINUTE);
			expect(types.at(-1)).toBe('escalation_delayed');
		}
	});

	it('a number that another case has leaves the forward unknown, because that report has another reporter', async () => {
		const office = await makeOffice();
		const first = await forwardedCase(office);
		await deliver(first.escalation.id);
		const number = (await forwardNow(first.escalation.id)).escalation.laporId;
		const { escalation } = await forwardedCase(office);
		const body = JSON.stringify({ complaint_id: number });
		await lapor.faults([{ kind: 'answer', status: 201, body, match: { endpoint: 'create' } }]);
		await deliver(escalation.id);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({
			state: 'unknown',
			laporId: null,
			reasonCode: 'number_in_use',
			absentOffered: true
		});
		expect(await attemptsOf(escalation.id)).toMatchObject([{ outcome: 'unknown', laporId: null }]);
	});

	it('"already exists" without a number allows only the decision "found"', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		await lapor.faults([{ kind: 'reference_exists_no_id', match: { endpoint: 'create' } }]);
		await deliver(escalation.id);
		const absent = { outcome: 'absent', reason: 'Tidak ditemukan di sana' };
		await expect(resolveEscalation(office.actor, escalation.id, absent)).rejects.toMatchObject({
			code: 'invalid-move',
			present: { reason: 'exists_at_lapor' }
		});
	});

	it('after a refused connection the forward waits longer each time, and after a day is stuck but still retried', async () => {
		overrideEnv({ LAPOR_BASE_URL: 'http://127.0.0.1:9/none' });
		vi.spyOn(Math, 'random').mockReturnValue(0.5); // waits of their average length
		const { escalation } = await forwardedCase(await makeOffice());
		let at = 0;
		for (const minutes of [1, 5, 15]) {
			await inMs(at, () => deliver(escalation.id));
			const { escalation: after } = await forwardNow(escalation.id);
			expect(after).toMatchObject({ state: 'waiting', reasonCode: 'refused', createStartedAt: null });
			const wait = (after.nextAttemptAt?.getTime() ?? 0) - Date.now() - at;
			expect(Math.round(wait / MINUTE)).toBe(minutes);
			at += wait + 1000;
		}
		await inMs(25 * 60 * MINUTE, () => deliver(escalation.id));
		const stuck = await forwardNow(escalation.id);
		expect(stuck.escalation).toMatchObject({ state: 'stuck', reasonCode: 'refused' });
		expect(stuck.types.filter((type) => type === 'escalation_stuck')).toHaveLength(1);
		await inMs(27 * 60 * MINUTE, () => deliver(escalation.id));
		const still = await forwardNow(escalation.id);
		expect(still.escalation.attempts).toBe(5);
		expect(still.types.filter((type) => type === 'escalation_stuck')).toHaveLength(1);
		overrideEnv({ LAPOR_BASE_URL: `${lapor.url()}/sandbox-konsolidasi/1.0` });
		await db().delete(laporCircuits);
		await inMs(29 * 60 * MINUTE, () => deliver(escalation.id));
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'sent', stuckAt: null });
	});

	it('a photo that LAPOR refuses is not sent; an upload that fails is retried; each photo is uploaded once', async () => {
		const office = await makeOffice();
		const files = [await photo('a.jpg'), await photo('b.jpg'), await photo('c.jpg')];
		const { escalation } = await forwardedCase(office, {}, {}, { files });
		await lapor.faults([
			{
				kind: 'answer',
				status: 413,
				body: '<h1>413</h1>',
				match: { endpoint: 'upload', text: 'lampiran-1' },
				count: 1
			},
			{ kind: '500_before', match: { endpoint: 'upload', text: 'lampiran-3' }, count: 1 }
		]);
		await deliver(escalation.id);
		const waiting = await forwardNow(escalation.id);
		expect(waiting.escalation).toMatchObject({ state: 'waiting', reasonCode: 'photos_not_uploaded' });
		expect(await lapor.reports(escalation.reference)).toHaveLength(0);
		await inMs(2 * MINUTE, () => deliver(escalation.id));
		const [report] = await lapor.reports(escalation.reference);
		expect(report?.payload.attachments).toMatch(/^\[\d+,\d+\]\.$/);
		expect((await outcomesOf(escalation.id)).slice(0, 4)).toEqual([
			'upload refused',
			'upload uploaded',
			'upload retry',
			'upload uploaded'
		]);
	});
});

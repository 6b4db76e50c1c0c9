import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { escalationAttempts, escalations } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { attemptsOf } from '../call-log.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { caseMoves } from '#lib/server/db/schema/recap.ts';
import { deliver } from '../delivery/deliver.ts';
import { followCaseEvents } from '../followups/followups.ts';
import { resendEscalation } from '../forward/forward.ts';
import { haltOf } from '../connection/connection.ts';
import { pollOrLookUp } from './poll.ts';
import { sweepEscalations } from '../delivery/sweep.ts';
import { settlePresentTask } from '#lib/dev/testing/forwarding/present-task.ts';
import { HOUR, jobsFor, inMs, MINUTE, sentReport, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';

const lapor = useLapor();

describe('polling', () => {
	it('enqueues one job when a report is due', async () => {
		const { id } = await sentReport(lapor);
		await sweepEscalations();
		expect(await jobsFor('escalation-receive', id)).toBe(0);
		await inMs(16 * MINUTE, sweepEscalations);
		await inMs(17 * MINUTE, sweepEscalations);
		expect(await jobsFor('escalation-receive', id)).toBe(1);
	});

	it('waits an hour after an error, keeps the known status, and records the attempt', async () => {
		const { id } = await sentReport(lapor);
		await pollOrLookUp(id);
		await lapor.faults([{ kind: '500_before', match: { endpoint: 'followups' } }]);
		await pollOrLookUp(id);
		const { escalation } = await forwardNow(id);
		expect(escalation.laporStatus).toBe('Belum Terverifikasi');
		expect((escalation.nextPollAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(53 * MINUTE);
		const [attempt] = await db().select().from(escalationAttempts).where(eq(escalationAttempts.step, 'followups'));
		expect(attempt).toMatchObject({ outcome: 'retry', httpStatus: 500, reasonCode: 'server_error' });
	});

	it('applies the status if the follow-ups are "not found"', async () => {
		const { id, move } = await sentReport(lapor);
		await move('Dalam Proses');
		await lapor.faults([{ kind: 'answer', status: 404, body: '{}', match: { endpoint: 'followups' } }]);
		await pollOrLookUp(id);
		expect((await forwardNow(id)).escalation).toMatchObject({ laporStatus: 'Dalam Proses', task: null });
		expect((await attemptsOf(id)).map(({ step }) => step)).toEqual(['create']);
	});

	it('waits as long as the service asks for', async () => {
		const { id } = await sentReport(lapor);
		overrideEnv({ LAPOR_POLL_SECONDS: 60 });
		await lapor.faults([{ kind: '429', retryAfter: '3600', match: { endpoint: 'detail' } }]);
		await pollOrLookUp(id);
		const { escalation } = await forwardNow(id);
		expect((escalation.nextPollAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(59 * MINUTE);
	});

	it('stores nothing of a case that was destroyed while the job waited, and does not poll it again', async () => {
		const { id, caseId, move, office } = await sentReport(lapor);
		await move('Dalam Proses', 'Sedang dikerjakan.');
		await db().update(cases).set({ destroyedAt: new Date() }).where(eq(cases.id, caseId));
		await db().update(escalations).set({ nextPollAt: null }).where(eq(escalations.id, id));
		const before = await forwardNow(id);
		await pollOrLookUp(id);
		expect(await forwardNow(id)).toEqual(before);
		const late = settlePresentTask(office.actor, id, 'Sudah ditanyakan');
		await expect(late).rejects.toMatchObject({ present: { reason: 'destroyed' } });
	});

	it('creates a task if LAPOR no longer knows the number', async () => {
		const { id } = await sentReport(lapor);
		await db().update(escalations).set({ laporId: '99999999' }).where(eq(escalations.id, id));
		await pollOrLookUp(id);
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'sent', task: 'gone' });
	});

	it('does not create that task again after a person settled it, until a poll succeeds', async () => {
		const { id, office, laporId } = await sentReport(lapor);
		const setNumber = (number: string) =>
			db().update(escalations).set({ laporId: number }).where(eq(escalations.id, id));
		await pollOrLookUp(id);
		await setNumber('99999999');
		await pollOrLookUp(id);
		await settlePresentTask(office.actor, id, 'Sudah ditanyakan');
		await pollOrLookUp(id);
		expect((await forwardNow(id)).escalation.task).toBeNull();
		await setNumber(laporId);
		await pollOrLookUp(id);
		await setNumber('99999999');
		await pollOrLookUp(id);
		expect((await forwardNow(id)).escalation.task).toBe('gone');
	});

	it.each([
		[401, 'unauthorised'],
		[403, 'forbidden']
	])('creates a task after a %d for one report, and halts only if the test call fails too', async (status, code) => {
		const { id, move } = await sentReport(lapor);
		await lapor.faults([
			{ kind: 'answer', status, body: '{"message":"Bukan milik Anda"}', match: { endpoint: 'detail' } }
		]);
		await pollOrLookUp(id);
		expect(await haltOf()).toBeUndefined();
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'sent', task: 'hidden' });
		const [attempt] = await attemptsOf(id);
		expect(attempt).toMatchObject({ outcome: 'retry', httpStatus: status, reasonCode: code });
		await lapor.faults();
		await move('Dalam Proses');
		await pollOrLookUp(id);
		expect((await forwardNow(id)).escalation).toMatchObject({ laporStatus: 'Dalam Proses', task: null });
		// If the test call is refused too, the connection is wrong.
		await lapor.faults([{ kind: 'answer', status, body: '{}' }]);
		await pollOrLookUp(id);
		expect(await haltOf()).toMatchObject({ reason: { code } });
	});

	it.each([
		[404, 'wrong_address'],
		[502, undefined]
	])('does not take 404 for a missing report if the test call fails with %i', async (status, code) => {
		const { id } = await sentReport(lapor);
		await lapor.faults([
			{ kind: 'answer', status: 404, body: '<h1>404</h1>', match: { endpoint: 'detail' } },
			{ kind: 'answer', status, body: '<h1>nginx</h1>' }
		]);
		await pollOrLookUp(id);
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'sent', task: null });
		expect((await haltOf())?.reason.code).toBe(code);
	});

	it.each([
		['detail', '{"results":{"data":null}}'],
		['detail', '{"results":{"data":[]}}'],
		['followups', '{"results":{"data":{"a":1}}}']
	])('records a %s response of another shape, %s, as unreadable', async (endpoint, body) => {
		const { id } = await sentReport(lapor);
		await lapor.faults([{ kind: 'answer', status: 200, body, match: { endpoint } }]);
		await pollOrLookUp(id);
		expect((await attemptsOf(id))[0]).toMatchObject({ step: endpoint, outcome: 'retry', reasonCode: 'unreadable' });
		expect(((await forwardNow(id)).escalation.nextPollAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(53 * MINUTE);
	});

	it('stores very long ids and names, and keys with NUL characters', async () => {
		const { id } = await sentReport(lapor);
		const long = 'x'.repeat(6000);
		const detail = { results: { data: { status_name: `Dalam Proses ${long}`, 'a\u0000b': 1, status_logs: [] } } };
		const followups = {
			results: {
				data: [
					{ id: long, content: 'Kabar pertama' },
					{ id: `${long}y`, content: 'Kedua' }
				]
			}
		};
		await lapor.faults([
			{ kind: 'answer', status: 200, body: JSON.stringify(detail), match: { endpoint: 'detail' } },
			{ kind: 'answer', status: 200, body: JSON.stringify(followups), match: { endpoint: 'followups' } }
		]);
		await pollOrLookUp(id);
		await pollOrLookUp(id);
		const { types, escalation } = await forwardNow(id);
		expect(types.filter((type) => type === 'escalation_followup')).toHaveLength(2);
		expect(escalation).toMatchObject({ task: 'status_unmapped' });
		expect(escalation.taskText).toHaveLength(200);
	});

	it('creates a task after a day in which only this report could not be read', async () => {
		const { id, move } = await sentReport(lapor);
		await pollOrLookUp(id);
		await lapor.faults([{ kind: '500_before', match: { endpoint: 'detail' } }]);
		const taskAfter = async (hours: number) => {
			await inMs(hours * HOUR, () => pollOrLookUp(id));
			return (await forwardNow(id)).escalation.task;
		};
		expect(await taskAfter(23)).toBeNull();
		expect(await taskAfter(25)).toBe('unread');
		await lapor.faults();
		expect(await taskAfter(26)).toBeNull();
		await lapor.faults([{ kind: '500_before' }]);
		expect(await taskAfter(60)).toBeNull();
		// The task of a status is not replaced.
		await lapor.faults();
		await move('Ditunda', 'Menunggu data');
		expect(await taskAfter(61)).toBe('postponed');
		await lapor.faults([{ kind: '500_before', match: { endpoint: 'detail' } }]);
		expect(await taskAfter(90)).toBe('postponed');
	});

	it('goes on for ten days after a follow-up to a closed report, such as a late dispute', async () => {
		const { id, caseId, addFollowup } = await sentReport(lapor);
		await addFollowup('Sudah kami perbaiki.', { status_new: 'Selesai' });
		await pollOrLookUp(id);
		await inMs(241 * HOUR, () => pollOrLookUp(id));
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'closed', nextPollAt: null });
		await inMs(260 * HOUR, async () => {
			await submitObjection(caseId, { body: 'Belum, antreannya masih sama.' });
			await followCaseEvents((await forwardNow(id)).entries);
			await deliver(id);
			await sweepEscalations();
		});
		expect(await jobsFor('escalation-receive', id)).toBe(1);
		await inMs(261 * HOUR, () => pollOrLookUp(id));
		expect((await forwardNow(id)).escalation.nextPollAt?.getTime()).toBeGreaterThan(Date.now() + 282 * HOUR);
		await inMs(501 * HOUR, () => pollOrLookUp(id));
		expect((await forwardNow(id)).escalation.nextPollAt).toBeNull();
	});

	it('goes on daily for ten days after closing, then stops; LAPOR_POLL_SECONDS limits the interval', async () => {
		const { id, move } = await sentReport(lapor);
		await move('Diarsipkan');
		await pollOrLookUp(id);
		const wait = async () => ((await forwardNow(id)).escalation.nextPollAt?.getTime() ?? 0) - Date.now();
		expect(await wait()).toBeGreaterThan(21 * HOUR);
		overrideEnv({ LAPOR_POLL_SECONDS: 60 });
		await pollOrLookUp(id);
		expect(await wait()).toBeLessThanOrEqual(MINUTE);
		await inMs(241 * HOUR, () => pollOrLookUp(id));
		expect((await forwardNow(id)).escalation.nextPollAt).toBeNull();
	});
});

describe('a report that another agency took over', () => {
	const transferred = () => sentReport(lapor, { purpose: 'transfer', institution: '200102' });
	const refused = async () => {
		const report = await transferred();
		await report.move('Ditolak', 'Bukan kewenangan kami');
		await pollOrLookUp(report.id);
		return report;
	};
	const clocksOf = async (caseId: number) => {
		const rows = await db().select().from(clocks).where(eq(clocks.caseId, caseId)).orderBy(clocks.run);
		return Object.fromEntries(rows.map(({ name, run, state }) => [name, `${run} ${state}`]));
	};

	it('is the office’s work again, with deadlines, once LAPOR refuses it', async () => {
		const { caseId: untouched } = await transferred();
		expect(await clocksOf(untouched)).toMatchObject({ solution: '1 met', decision_by_law: '1 met' });
		const { id, caseId, office } = await refused();
		const { row, escalation, entries, types } = await forwardNow(id);
		expect(row).toMatchObject({ status: 'in_progress', transferredTo: null, answeredAt: null });
		expect(row.dueAt).not.toBeNull();
		expect(escalation).toMatchObject({ state: 'closed', task: 'refused', taskText: 'Bukan kewenangan kami' });
		expect(types.slice(-3)).toEqual(['escalation_closed', 'reopened', 'escalation_task']);
		const reopened = entries.find(({ type }) => type === 'reopened');
		expect(reopened).toMatchObject({ public: true, actorKind: 'lapor', data: { reason: 'returned' } });
		const again = { first_reply: '2 running', solution: '1 running', decision_by_law: '1 running' };
		expect(await clocksOf(caseId)).toMatchObject(again);
		const moves = await db().select().from(caseMoves).where(eq(caseMoves.caseId, caseId)).orderBy(caseMoves.id);
		expect(moves.map(({ move }) => move)).toEqual(['received', 'answered', 'reopened']);
		const answer = { body: 'Kami jawab sendiri.', version: row.version };
		expect((await answerCase(office.actor, row.reference, answer)).status).toBe('answered');
	});

	it('names the next agency after a second transfer, and news of the first no longer matter', async () => {
		const { id, office, move } = await refused();
		const again = { reason: 'Kewenangan kabupaten lain', institution: '200103' };
		const next = await resendEscalation(office.actor, id, again);
		await deliver(next.id);
		const there = { status: 'answered', transferredTo: '200103' };
		expect((await forwardNow(next.id)).row).toMatchObject(there);
		for (const status of ['Dalam Proses', 'Diarsipkan', 'Selesai']) {
			await move(status);
			await pollOrLookUp(id);
		}
		expect((await forwardNow(next.id)).row).toMatchObject(there);
	});

	it('does not answer the case once a newer forward replaces it, even before that one has a number', async () => {
		const { id, office, addFollowup } = await refused();
		await resendEscalation(office.actor, id, { reason: 'Kewenangan kabupaten lain', institution: '200103' });
		await addFollowup('Silakan ke dinas.', { status_new: 'Selesai' });
		await pollOrLookUp(id);
		expect(await forwardNow(id)).toMatchObject({ row: { status: 'in_progress' }, escalation: { task: 'finished' } });
	});

	it('is closed by Selesai, counts as answered once, and can still come back', async () => {
		const { id, caseId, office, addFollowup } = await transferred();
		await addFollowup('Jalan sudah kami perbaiki.', { status_new: 'Selesai' });
		await pollOrLookUp(id);
		const { row, escalation, types } = await forwardNow(id);
		expect(row).toMatchObject({ status: 'closed', transferredTo: '200102', dueAt: null });
		expect(escalation).toMatchObject({ state: 'closed', task: null });
		expect(types.filter((type) => type === 'answered')).toHaveLength(1);
		const moves = await db().select().from(caseMoves).where(eq(caseMoves.caseId, caseId)).orderBy(caseMoves.id);
		expect(moves.map((one) => one.move)).toEqual(['received', 'answered']);
		const next = await resendEscalation(office.actor, id, { reason: 'Keliru instansi', institution: '200103' });
		await deliver(next.id);
		expect((await forwardNow(id)).row).toMatchObject({ status: 'answered', transferredTo: '200103', closedAt: null });
		const { laporId } = (await forwardNow(next.id)).escalation;
		await lapor.post(`/_reports/${laporId}/status`, { status_name: 'Diarsipkan' });
		await pollOrLookUp(next.id);
		expect((await forwardNow(id)).row).toMatchObject({ status: 'in_progress', transferredTo: null });
	});
});

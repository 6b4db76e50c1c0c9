import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { archiveCase, reopenCase } from '#lib/server/cases/handling/archive.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { cancelForward, resolveEscalation } from '../decisions.ts';
import { followCaseEvents } from '../followups/followups.ts';
import { escalateCase, resendEscalation } from '../forward/forward.ts';
import { escalationCounts } from '../list.ts';
import { pollOrLookUp } from '../tracking/poll.ts';
import { escalationsForApi, escalationView, forwardsOfCase } from '../view.ts';
import { deliver, sendReport } from './deliver.ts';
import { claimEscalation, startCreate } from './lease.ts';
import { sweepEscalations } from './sweep.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { seenByReporter } from '#lib/dev/testing/office.ts';
import { forwardedCase, inMs, makeOffice, MINUTE, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';

const lapor = useLapor();

/** A forward, and functions that archive and reopen its case. The writer's signature suffices in this office. */
async function forwarded() {
	const office = await makeOffice();
	const { row, escalation } = await forwardedCase(office);
	const { reference } = row;
	const versionNow = async () => (await forwardNow(escalation.id)).row.version;
	return {
		actor: office.actor,
		id: escalation.id,
		caseReference: reference,
		reference: escalation.reference,
		versionNow,
		archive: async () => archiveCase(office.actor, reference, { reason: 'withdrawn', version: await versionNow() }),
		reopen: async () =>
			reopenCase(office.actor, reference, { reason: 'Ternyata masih perlu.', version: await versionNow() })
	};
}

const withdrawn = { state: 'closed', reasonCode: 'archived', laporId: null, nextAttemptAt: null };

/** LAPOR may have the report, because the worker died after the create had started. */
async function unknownForward() {
	const report = await forwarded();
	const claimed = await claimEscalation(report.id);
	expect(claimed && (await startCreate(claimed))).toBe(true);
	await inMs(2 * MINUTE, sweepEscalations);
	expect((await forwardNow(report.id)).escalation.state).toBe('unknown');
	return report;
}

describe('an unsent report of an archived case', () => {
	it('is withdrawn instead of sent, and can be forwarded again once the case is reopened', async () => {
		const { actor, id, caseReference, reference, archive, reopen, versionNow } = await forwarded();
		await lapor.faults([{ kind: '429', match: { endpoint: 'create' }, count: 1 }]);
		await deliver(id);
		expect((await forwardNow(id)).escalation.state).toBe('waiting');
		await archive();
		await inMs(2 * MINUTE, () => deliver(id));
		expect(await lapor.reports(reference)).toEqual([]);
		const { escalation, row, entries } = await forwardNow(id);
		expect(escalation).toMatchObject(withdrawn);
		expect(row.escalationState).toBe('closed');
		const entry = { type: 'escalation_closed', actorKind: 'system', public: false, data: { reason: 'archived' } };
		expect(entries.at(-1)).toMatchObject(entry);
		expect(await escalationView(actor, id)).toMatchObject({ reason: { code: 'archived' }, resendable: false });

		await reopen();
		const again = { purpose: 'record', reason: 'Tetap perlu dicatat.', version: await versionNow() };
		const next = await escalateCase(actor, caseReference, again);
		await deliver(next.id);
		expect((await forwardNow(next.id)).escalation).toMatchObject({ nn: 2, state: 'sent' });
	});

	it('is not sent if the case is archived during the uploads', async () => {
		const { id, reference, archive } = await forwarded();
		const claimed = await claimEscalation(id);
		const client = laporClient();
		await archive();
		expect(claimed && client && (await sendReport(client, claimed))).toBeUndefined();
		await inMs(2 * MINUTE, sweepEscalations);
		await inMs(5 * MINUTE, () => deliver(id));
		expect(await lapor.reports(reference)).toEqual([]);
		expect((await forwardNow(id)).escalation).toMatchObject(withdrawn);
	});

	it.each([
		['the consent for the name', { consentLapor: false }, { is_new_user_slider: false, is_secret: false }],
		['the permission to publish', { secret: true }, { is_new_user_slider: true, is_secret: true }]
	])('is composed again if the reporter withdraws %s during the uploads', async (_, changes, wanted) => {
		const reporter = { name: 'Rahmat Contoh', email: 'rahmat@contoh.example', phone: '081234567890' };
		const named = { identity: 'named', reporter, consent_lapor: true, secret: false };
		const { row, escalation } = await forwardedCase(await makeOffice(), { consent: true }, named);
		const { id, reference } = escalation;
		const claimed = await claimEscalation(id);
		const client = laporClient();
		await db().update(cases).set(changes).where(eq(cases.id, row.id));
		expect(claimed && client && (await sendReport(client, claimed))).toBeUndefined();
		expect(await lapor.reports(reference)).toEqual([]);
		await inMs(2 * MINUTE, sweepEscalations);
		await inMs(5 * MINUTE, () => deliver(id));
		const reports = await lapor.reports(reference);
		expect(reports).toHaveLength(1);
		expect(reports[0]).toMatchObject({ payload: wanted });
		expect(/rahmat/i.test(JSON.stringify(reports))).toBe(wanted.is_new_user_slider);
	});

	it('has secret follow-ups once the reporter withdrew the permission to publish, also if it is at LAPOR', async () => {
		const office = await makeOffice();
		const { row, escalation } = await forwardedCase(office, {}, { kind: 'suggestion', secret: false });
		await deliver(escalation.id);
		for (const secret of [false, true]) {
			await db().update(cases).set({ secret }).where(eq(cases.id, row.id));
			await writeMessage(office.actor, row.reference, { body: `Kabar, rahasia: ${secret}.`, public: true });
			await followCaseEvents((await forwardNow(escalation.id)).entries);
			await deliver(escalation.id);
		}
		const [report] = await lapor.reports(escalation.reference);
		expect(report?.followups.map(({ secret }) => secret)).toEqual([false, true]);
	});

	it('is not sent again after a look-up or a person found that LAPOR does not have it', async () => {
		await deliver((await forwarded()).id);
		const byLookup = await unknownForward();
		await byLookup.archive();
		overrideEnv({ LAPOR_LOOKUP: true });
		await inMs(20 * MINUTE, () => pollOrLookUp(byLookup.id));
		expect(await forwardNow(byLookup.id)).toMatchObject({ escalation: withdrawn });

		const { actor, id, archive } = await unknownForward();
		await archive();
		await resolveEscalation(actor, id, { outcome: 'absent', reason: 'Sudah dicari, tidak ada' });
		const { escalation, types } = await forwardNow(id);
		expect(escalation).toMatchObject(withdrawn);
		expect(types.slice(-2)).toEqual(['escalation_resolved', 'escalation_closed']);
	});

	it('is no longer offered for copying in manual mode', async () => {
		overrideEnv({ LAPOR_MODE: 'manual' });
		const { id, archive } = await forwarded();
		await archive();
		await followCaseEvents((await forwardNow(id)).entries);
		expect((await forwardNow(id)).escalation).toMatchObject(withdrawn);
	});

	it('stays as it is if LAPOR has it or may have it', async () => {
		const [sent, unknown] = [await forwarded(), await unknownForward()];
		await deliver(sent.id);
		for (const { archive } of [sent, unknown]) await archive();
		for (const { id } of [sent, unknown]) await followCaseEvents((await forwardNow(id)).entries);
		expect((await forwardNow(sent.id)).escalation).toMatchObject({ state: 'sent', closedAt: null });
		expect((await forwardNow(unknown.id)).escalation.state).toBe('unknown');
	});
});

describe('a report that waits to be copied', () => {
	const found = (number: string) => ({ outcome: 'found', lapor_id: number, reason: 'Sudah diisikan' });

	it('is cancelled with a reason, and its case then counts as not forwarded', async () => {
		overrideEnv({ LAPOR_MODE: 'manual' });
		const { actor, id, caseReference, versionNow } = await forwarded();
		await expect(cancelForward(actor, id, { reason: '' })).rejects.toMatchObject({ issues: [{ path: 'reason' }] });
		await expect(cancelForward(await makeActor([]), id, { reason: 'Keliru.' })).rejects.toThrow(NotFound);
		const readByReporter = async () => (await seenByReporter(caseReference)).entries.map(({ type }) => type);
		expect(await readByReporter()).toContain('escalation_waiting');
		await cancelForward(actor, id, { reason: 'Instansinya keliru.' });
		expect(await readByReporter()).not.toContain('escalation_waiting');
		const { escalation, row, entries } = await forwardNow(id);
		expect(escalation).toMatchObject({ ...withdrawn, reasonCode: 'cancelled' });
		expect([row.escalationState, row.status]).toEqual([null, 'in_progress']);
		const ofCase = { reason: { code: 'cancelled' }, state: 'closed' };
		expect(await forwardsOfCase(row)).toMatchObject([ofCase]);
		const listed = await escalationsForApi(actor, { state: 'closed' });
		expect(listed.items).toMatchObject([{ id, reason: 'cancelled' }]);
		expect((await escalationCounts(actor)).states).toMatchObject({ closed: { count: 1 } });
		const data = { reason: 'cancelled', note: 'Instansinya keliru.' };
		const entry = { type: 'escalation_closed', actorKind: 'staff', actorId: actor.accountId, public: false, data };
		expect(entries.at(-1)).toMatchObject(entry);
		await expect(cancelForward(actor, id, { reason: 'Sekali lagi.' })).rejects.toThrow(Conflict);

		const again = { purpose: 'record', reason: 'Cukup dicatat.', version: await versionNow() };
		expect(await escalateCase(actor, caseReference, again)).toMatchObject({ nn: 2, state: 'waiting' });
		await expect(resolveEscalation(actor, id, found('7700122'))).rejects.toThrow(Conflict);
	});

	it('still gets the number that a colleague typed while it was cancelled', async () => {
		overrideEnv({ LAPOR_MODE: 'manual' });
		const { actor, id, caseReference } = await forwarded();
		await cancelForward(actor, id, { reason: 'Keliru.' });
		await resolveEscalation(actor, id, found('7700124'));
		const { escalation, row } = await forwardNow(id);
		expect(escalation).toMatchObject({ state: 'sent', laporId: '7700124', reasonCode: null, closedAt: null });
		expect(row.escalationState).toBe('sent');
		expect((await seenByReporter(caseReference)).entries.at(-1)?.type).toBe('escalation_sent');
	});

	it('counts as not forwarded if it is cancelled after it replaced one without a number', async () => {
		const { actor, id } = await forwarded();
		await lapor.faults([{ kind: 'answer', status: 422, body: '{"message":"Judul"}', match: { endpoint: 'create' } }]);
		await deliver(id);
		overrideEnv({ LAPOR_MODE: 'manual' });
		const next = await resendEscalation(actor, id, { reason: 'Judul diperjelas', title: 'Antrean loket dua' });
		expect((await forwardNow(next.id)).row.escalationState).toBe('waiting');
		await cancelForward(actor, next.id, { reason: 'Belum perlu.' });
		expect((await forwardNow(next.id)).row.escalationState).toBeNull();
	});

	it('is not cancelled once it has a number, or if the site sends it', async () => {
		const byApi = await forwarded();
		await expect(cancelForward(byApi.actor, byApi.id, { reason: 'Keliru.' })).rejects.toThrow(Conflict);
		overrideEnv({ LAPOR_MODE: 'manual' });
		const { actor, id } = await forwarded();
		await resolveEscalation(actor, id, found('7700123'));
		await expect(cancelForward(actor, id, { reason: 'Keliru.' })).rejects.toThrow(Conflict);
	});
});

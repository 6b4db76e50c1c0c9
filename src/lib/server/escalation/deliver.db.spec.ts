import { asc, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { now, withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { escalationAttempts, escalationFiles, laporCircuits } from '#lib/server/db/schema/escalations.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { applyOutcome } from '#lib/server/escalation/apply-outcome.ts';
import { claimEscalation, renewLease } from '#lib/server/escalation/claim.ts';
import { haltOf, testConnection } from '#lib/server/escalation/connection.ts';
import { sendReport } from '#lib/server/escalation/create.ts';
import { deliver } from '#lib/server/escalation/deliver.ts';
import { laporClient } from '#lib/server/escalation/lapor-client.ts';
import { receive } from '#lib/server/escalation/receive.ts';
import { resolveEscalation } from '#lib/server/escalation/resolve.ts';
import { sweepEscalations } from '#lib/server/escalation/sweep.ts';
import { uploadFiles } from '#lib/server/escalation/upload.ts';
import { useFreshDatabase } from '#lib/server/testing/database.ts';
import { makeActor } from '#lib/server/testing/factories.ts';
import { forwardedCase, jobsFor, makeOffice, standing, useLapor } from '#lib/server/testing/lapor.ts';
import { phonePhoto } from '#lib/server/testing/photos.ts';

useFreshDatabase();
const lapor = useLapor();

const MINUTE = 60_000;
const later = <T>(ms: number, work: () => Promise<T>): Promise<T> => {
	const shifted = () => new Date(Date.now() + ms);
	return withClock(shifted, work);
};
const attemptsOf = (id: string) =>
	db()
		.select()
		.from(escalationAttempts)
		.where(eq(escalationAttempts.escalationId, id))
		.orderBy(asc(escalationAttempts.id));
const photo = async (name: string) => ({ name, type: 'image/jpeg', bytes: await phonePhoto('jpeg') });

describe('bringing a report to LAPOR', () => {
	it('uploads the photos, creates the report, and keeps number, attempt and timeline', async () => {
		const office = await makeOffice();
		const files = [await photo('a.jpg'), await photo('b.jpg')];
		const { escalation, row } = await forwardedCase(office, {}, {}, { files });
		await deliver(escalation.id);
		const [report] = await lapor.reports(escalation.reference);
		const { escalation: sent, row: after, entries } = await standing(escalation.id);
		expect(sent).toMatchObject({ state: 'sent', laporId: String(report?.id), attempts: 1, leaseUntil: null });
		expect(sent.nextPollAt).not.toBeNull();
		expect(after).toMatchObject({ escalationState: 'sent', status: 'in_progress' });
		expect(entries.find((entry) => entry.type === 'escalation_sent')).toMatchObject({
			public: true,
			actorKind: 'lapor',
			data: { lapor_id: String(report?.id) }
		});
		const kept = await db().select().from(escalationFiles).where(eq(escalationFiles.escalationId, escalation.id));
		const ids = kept.map((file) => file.remoteId);
		expect(report?.payload.attachments).toMatch(/^\[\d+,\d+\]\.$/);
		expect(ids.every((id) => String(report?.payload.attachments).includes(String(id)))).toBe(true);
		expect(report?.payload).toMatchObject({
			user_id: 5218120,
			is_new_user_slider: false,
			is_secret: true,
			tags_raw: `#${row.reference.replaceAll('-', '')}01`
		});
		expect((await attemptsOf(escalation.id)).map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
			'upload uploaded',
			'upload uploaded',
			'create accepted'
		]);
	});

	it('sends the identity, and only it, where the reporter agreed', async () => {
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

	it('hands a case over: with the number it is answered, and its clocks are met', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office, { purpose: 'transfer', institution: '200102' });
		await deliver(escalation.id);
		const [report] = await lapor.reports(escalation.reference);
		const { row, types } = await standing(escalation.id);
		expect(report?.dispositionId).toBe(200102);
		expect(row).toMatchObject({ status: 'answered', transferredTo: '200102', dueAt: null });
		expect(types.slice(-2)).toEqual(['escalation_sent', 'answered']);
	});

	it('two workers at once store it once', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		await Promise.all([1, 2, 3, 4].map(() => deliver(escalation.id)));
		expect(await lapor.reports(escalation.reference)).toHaveLength(1);
		expect((await standing(escalation.id)).escalation).toMatchObject({ state: 'sent', attempts: 1 });
	});

	it('a report that waits for an id an administrator owes goes by itself once it is entered', async () => {
		const office = await makeOffice({ channel: '13', user: '5218120', location: '34', category: '436' });
		const { escalation } = await forwardedCase(office);
		await deliver(escalation.id);
		expect((await standing(escalation.id)).escalation).toMatchObject({
			state: 'waiting',
			reasonCode: 'own_validation',
			reasonText: 'disposition_id: not_configured'
		});
		await db()
			.update(units)
			.set({ laporIds: { ...office.unit.laporIds, institution: '151347' } })
			.where(eq(units.id, office.unit.id));
		await later(2 * MINUTE, () => deliver(escalation.id));
		expect((await standing(escalation.id)).escalation.state).toBe('sent');
	});
});

describe('what becomes of each fault', () => {
	it.each([
		[{ kind: '429', retryAfter: 600 }, 'waiting', 'rate_limited', 0],
		[{ kind: '503_retry_after', retryAfter: 600 }, 'waiting', 'busy', 0],
		[{ kind: 'drop_after_store' }, 'unknown', 'reset', 1],
		[{ kind: 'reset' }, 'unknown', 'reset', 0],
		[{ kind: '500_before' }, 'unknown', 'server_error', 0],
		[{ kind: '500_after' }, 'unknown', 'server_error', 1],
		[{ kind: 'html_200' }, 'unknown', 'no_readable_id', 0],
		[{ kind: 'no_id' }, 'unknown', 'no_readable_id', 1],
		[{ kind: 'partial_answer' }, 'unknown', 'reset', 1],
		[{ kind: 'other_id_shape' }, 'sent', null, 1],
		[{ kind: 'reference_exists' }, 'sent', null, 1],
		[
			{ kind: 'answer', status: 422, body: '{"errors":{"title":["Judul terlalu umum."]}}' },
			'rejected',
			'refused_fields',
			0
		]
	])('%j leaves it %s', async (fault, state, reasonCode, stored) => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		await lapor.faults([{ ...fault, match: { endpoint: 'create' } }]);
		await deliver(escalation.id);
		const { escalation: after, row, types } = await standing(escalation.id);
		expect(after).toMatchObject({ state, reasonCode, attempts: 1 });
		expect(row.escalationState).toBe(state);
		expect(await lapor.reports(escalation.reference)).toHaveLength(stored);
		if (state === 'unknown') expect(types.at(-1)).toBe('escalation_unknown');
		if (state === 'waiting') {
			expect(after.nextAttemptAt?.getTime()).toBeGreaterThan(Date.now() + 9 * MINUTE);
			expect(types.at(-1)).toBe('escalation_delayed');
		}
	});

	it('"already exists" without a number leaves only "found" to choose', async () => {
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

	it('a refused connection is not sent, waits longer each time, and after a day is stuck but still tried', async () => {
		overrideEnv({ LAPOR_BASE_URL: 'http://127.0.0.1:9/none' });
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		const waits: number[] = [];
		for (let at = 0, tries = 0; tries < 3; tries += 1) {
			await later(at, () => deliver(escalation.id));
			const { escalation: after } = await standing(escalation.id);
			expect(after).toMatchObject({ state: 'waiting', reasonCode: 'refused', createStartedAt: null });
			waits.push((after.nextAttemptAt?.getTime() ?? 0) - Date.now() - at);
			at += (waits.at(-1) ?? 0) + 1000;
		}
		expect(waits.map((wait) => Math.round(wait / MINUTE))).toEqual([1, 5, expect.closeTo(15, -1)]);
		await later(25 * 60 * MINUTE, () => deliver(escalation.id));
		const stuck = await standing(escalation.id);
		expect(stuck.escalation).toMatchObject({ state: 'stuck', reasonCode: 'refused' });
		expect(stuck.types.filter((type) => type === 'escalation_stuck')).toHaveLength(1);
		await later(27 * 60 * MINUTE, () => deliver(escalation.id));
		const still = await standing(escalation.id);
		expect(still.escalation.attempts).toBe(5);
		expect(still.types.filter((type) => type === 'escalation_stuck')).toHaveLength(1);
		await lapor.faults();
		overrideEnv({ LAPOR_BASE_URL: `${lapor.url()}/sandbox-konsolidasi/1.0` });
		await db().delete(laporCircuits);
		await later(29 * 60 * MINUTE, () => deliver(escalation.id));
		expect((await standing(escalation.id)).escalation).toMatchObject({ state: 'sent', stuckAt: null });
	});

	it('a photo that LAPOR refuses stays behind; one that fails is tried again, each uploaded once', async () => {
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
		const waiting = await standing(escalation.id);
		expect(waiting.escalation).toMatchObject({ state: 'waiting', reasonCode: 'photos_not_uploaded' });
		expect(await lapor.reports(escalation.reference)).toHaveLength(0);
		await later(2 * MINUTE, () => deliver(escalation.id));
		const [report] = await lapor.reports(escalation.reference);
		expect(report?.payload.attachments).toMatch(/^\[\d+,\d+\]\.$/);
		const uploads = (await attemptsOf(escalation.id)).filter(({ step }) => step === 'upload');
		expect(uploads.map(({ outcome }) => outcome)).toEqual(['refused', 'uploaded', 'retry', 'uploaded']);
	});
});

describe('a worker that dies', () => {
	const sweepAfterLease = () => later(2 * MINUTE, sweepEscalations);

	it('right after the claim, or after the photos: the row waits again and is sent once', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office, {}, {}, { files: [await photo('a.jpg')] });
		const claimed = await claimEscalation(escalation.id);
		const client = laporClient();
		if (!claimed || !client) throw new Error('not claimed');
		expect((await standing(escalation.id)).row.escalationState).toBe('sending');
		await uploadFiles(client, claimed.escalation);
		await sweepAfterLease();
		const back = await standing(escalation.id);
		expect(back.escalation).toMatchObject({ state: 'waiting', reasonCode: 'lease_lost_before_create' });
		expect(await renewLease(claimed.escalation, { starting: true })).toBe(false);
		await later(5 * MINUTE, () => deliver(escalation.id));
		expect(await lapor.reports(escalation.reference)).toHaveLength(1);
		const files = (await attemptsOf(escalation.id)).filter(({ step }) => step === 'upload');
		expect(files).toHaveLength(1);
	});

	it('after the create began: the row is unknown and never sent by itself', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		const claimed = await claimEscalation(escalation.id);
		if (!claimed || !(await renewLease(claimed.escalation, { starting: true }))) throw new Error('not claimed');
		await sweepAfterLease();
		const { escalation: after, types } = await standing(escalation.id);
		expect(after).toMatchObject({ state: 'unknown', reasonCode: 'lease_lost_after_create', absentOffered: true });
		expect(types.at(-1)).toBe('escalation_unknown');
		for (const days of [1, 3]) await later(days * 24 * 60 * MINUTE, sweepEscalations);
		await later(4 * 24 * 60 * MINUTE, () => deliver(escalation.id));
		expect(await lapor.reports(escalation.reference)).toHaveLength(0);
	});

	it('before it wrote the answer down: unknown; the late answer changes nothing but is kept with the attempts', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		const claimed = await claimEscalation(escalation.id);
		const client = laporClient();
		if (!claimed || !client) throw new Error('not claimed');
		const ending = await sendReport(client, claimed);
		if (!ending) throw new Error('not sent');
		await sweepAfterLease();
		expect((await standing(escalation.id)).escalation.state).toBe('unknown');
		await applyOutcome(claimed.escalation, ending);
		expect((await standing(escalation.id)).escalation).toMatchObject({ state: 'unknown', laporId: null });
		const [report] = await lapor.reports(escalation.reference);
		expect((await attemptsOf(escalation.id)).at(-1)).toMatchObject({
			outcome: 'late_accepted',
			laporId: String(report?.id)
		});
	});

	it('a lease that is renewed is no dead worker', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		const claimed = await claimEscalation(escalation.id);
		if (!claimed) throw new Error('not claimed');
		await later(80_000, () => renewLease(claimed.escalation));
		await later(100_000, sweepEscalations);
		expect((await standing(escalation.id)).escalation.state).toBe('sending');
	});
});

describe('an unknown report', () => {
	const unknownRow = async (fault: Record<string, unknown>) => {
		const office = await makeOffice();
		const forwarded = await forwardedCase(office);
		await lapor.faults([{ ...fault, match: { endpoint: 'create' } }]);
		await deliver(forwarded.escalation.id);
		await lapor.faults();
		return { ...forwarded, office };
	};

	it('is found by a person: sent, with name and reason on the timeline', async () => {
		const { escalation, office } = await unknownRow({ kind: 'drop_after_store' });
		const [report] = await lapor.reports(escalation.reference);
		const found = { outcome: 'found', lapor_id: `#${report?.id}`, reason: 'Ditemukan di kotak masuk SP4N-LAPOR!' };
		await resolveEscalation(office.actor, escalation.id, found);
		const { escalation: after, entries } = await standing(escalation.id);
		expect(after).toMatchObject({ state: 'sent', laporId: String(report?.id), reasonCode: null });
		expect(entries.find((entry) => entry.type === 'escalation_resolved')).toMatchObject({
			public: false,
			actorId: office.actor.accountId,
			data: { outcome: 'found', reason: 'Ditemukan di kotak masuk SP4N-LAPOR!' }
		});
	});

	it('is not there, says a person: goes out again under the same reference', async () => {
		const { escalation, office } = await unknownRow({ kind: '500_before' });
		await resolveEscalation(office.actor, escalation.id, { outcome: 'absent', reason: 'Sudah dicari, tidak ada' });
		expect((await standing(escalation.id)).escalation).toMatchObject({ state: 'waiting', nn: 1 });
		expect(await jobsFor('escalation-deliver', escalation.id)).toBe(2);
		await deliver(escalation.id);
		expect((await standing(escalation.id)).escalation).toMatchObject({ state: 'sent', nn: 1 });
		expect(await lapor.reports(escalation.reference)).toHaveLength(1);
	});

	it('asks for a number that can be one, and that no other case has', async () => {
		const { escalation, office } = await unknownRow({ kind: '500_before' });
		const decide = (lapor_id?: string) =>
			resolveEscalation(office.actor, escalation.id, { outcome: 'found', lapor_id, reason: 'Ditemukan di sana' });
		await expect(decide()).rejects.toMatchObject({ issues: [{ path: 'lapor_id', code: 'escalation_lapor_id' }] });
		await expect(decide('12')).rejects.toMatchObject({ issues: [{ path: 'lapor_id' }] });
		const other = await forwardedCase(office);
		await deliver(other.escalation.id);
		const taken = (await standing(other.escalation.id)).escalation.laporId ?? '';
		await expect(decide(taken)).rejects.toMatchObject({
			issues: [{ code: 'escalation_lapor_id_used', params: { reference: other.escalation.reference } }]
		});
	});

	it('is looked up where the service can: found is accepted', async () => {
		overrideEnv({ LAPOR_LOOKUP: true });
		const { escalation } = await unknownRow({ kind: 'drop_after_store' });
		await receive(escalation.id);
		const [report] = await lapor.reports(escalation.reference);
		expect((await standing(escalation.id)).escalation).toMatchObject({ state: 'sent', laporId: String(report?.id) });
	});

	it('is believed absent only once a late report would have appeared; then it goes out again by itself', async () => {
		overrideEnv({ LAPOR_LOOKUP: true });
		const { escalation } = await unknownRow({ kind: '500_before' });
		await later(MINUTE, () => receive(escalation.id));
		expect((await standing(escalation.id)).escalation).toMatchObject({ state: 'unknown', lookups: 1 });
		await later(16 * MINUTE, () => receive(escalation.id));
		expect((await standing(escalation.id)).escalation).toMatchObject({ state: 'waiting', nn: 1 });
		await later(17 * MINUTE, () => deliver(escalation.id));
		expect((await standing(escalation.id)).escalation.state).toBe('sent');
	});
});

describe('a connection that is set up wrongly', () => {
	it('stops as a whole with an alarm, until a test call by an administrator succeeds', async () => {
		const office = await makeOffice();
		const root = await makeActor([[office.unit.id, 'admin']]);
		const first = await forwardedCase(office);
		const second = await forwardedCase(office);
		await lapor.faults([{ kind: 'answer', status: 401, body: '{"message":"Unauthorized"}' }]);
		await deliver(first.escalation.id);
		expect((await standing(first.escalation.id)).escalation).toMatchObject({
			state: 'waiting',
			reasonCode: 'unauthorised'
		});
		expect(await haltOf()).toMatchObject({ reason: { code: 'unauthorised' } });
		await deliver(second.escalation.id);
		await later(10 * MINUTE, sweepEscalations);
		expect((await standing(second.escalation.id)).escalation).toMatchObject({ state: 'waiting', attempts: 0 });
		expect(await testConnection(root)).toMatchObject({ ok: false, reason: { code: 'unauthorised' } });
		expect(await haltOf()).toBeDefined();
		await lapor.faults();
		expect(await testConnection(root)).toMatchObject({ ok: true });
		await Promise.all([deliver(first.escalation.id), deliver(second.escalation.id)]);
		expect((await standing(first.escalation.id)).escalation.state).toBe('sent');
		expect((await standing(second.escalation.id)).escalation.state).toBe('sent');
	});

	it('is tested by an administrator of a root unit only', async () => {
		const office = await makeOffice();
		await expect(testConnection(office.actor)).rejects.toMatchObject({ name: 'NotAllowed' });
	});
});

describe('the circuit', () => {
	it('opens after five failures in a row, then probes with one row', async () => {
		const office = await makeOffice();
		const rows: string[] = [];
		for (let n = 0; n < 9; n += 1) rows.push((await forwardedCase(office)).escalation.id);
		await lapor.faults([{ kind: '500_before', match: { endpoint: 'create' } }]);
		for (const id of rows.slice(0, 5)) await deliver(id);
		await deliver(rows[5] ?? '');
		const held = await standing(rows[5] ?? '');
		expect(held.escalation).toMatchObject({ state: 'waiting', reasonCode: 'circuit_open', attempts: 0 });
		await lapor.faults();
		await later(2 * MINUTE, () => Promise.all(rows.slice(5).map((id) => deliver(id))));
		const states = await Promise.all(rows.slice(5).map(async (id) => (await standing(id)).escalation.state));
		expect(states.filter((state) => state === 'sent').length).toBeGreaterThanOrEqual(1);
		await later(10 * MINUTE, () => Promise.all(rows.slice(5).map((id) => deliver(id))));
		const [circuit] = await db().select().from(laporCircuits).where(eq(laporCircuits.endpoint, 'create'));
		expect(circuit).toMatchObject({ failures: 0, openUntil: null });
		for (const id of rows.slice(5)) expect((await standing(id)).escalation.state).toBe('sent');
	});
});

describe('the sweep', () => {
	it('makes a job of each row that is due and has none, and not a second one', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		await sweepEscalations();
		expect(await jobsFor('escalation-deliver', escalation.id)).toBe(1);
		await later(6 * MINUTE, sweepEscalations);
		await later(7 * MINUTE, sweepEscalations);
		expect(await jobsFor('escalation-deliver', escalation.id)).toBe(2);
	});

	it('marks what has waited a day under a halted connection as stuck', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		await db()
			.insert(laporCircuits)
			.values({ endpoint: 'connection', haltedAt: now(), haltedReason: '{"code":"forbidden"}' });
		await later(25 * 60 * MINUTE, sweepEscalations);
		expect((await standing(escalation.id)).escalation.state).toBe('stuck');
		expect(await jobsFor('escalation-deliver', escalation.id)).toBe(1);
	});
});

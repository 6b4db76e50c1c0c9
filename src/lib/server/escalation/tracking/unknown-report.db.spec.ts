import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { nameOfficer } from '#lib/dev/testing/office.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { attemptsOf } from '../call-log.ts';
import { haltOf } from '../connection/connection.ts';
import { deliver } from '../delivery/deliver.ts';
import { followCaseEvents } from '../followups/followups.ts';
import { escalationsWithDueFollowups } from '../followups/send.ts';
import { pollOrLookUp } from './poll.ts';
import { resolveEscalation } from '../decisions.ts';
import { placeOf } from '../from-lapor/place.ts';
import { compactReference } from '#lib/text/reference-numbers.ts';
import { escalationView } from '../view.ts';
import { followupsOf } from '#lib/dev/testing/forwarding/world.ts';
import { forwardedCase, jobsFor, inMs, makeOffice, MINUTE, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';

const lapor = useLapor();

describe('an unknown report', () => {
	const unknownRow = async (fault: Record<string, unknown>) => {
		const office = await makeOffice();
		const forwarded = await forwardedCase(office);
		await lapor.faults([{ ...fault, match: { endpoint: 'create' } }]);
		await deliver(forwarded.escalation.id);
		await lapor.faults();
		return { ...forwarded, office };
	};

	/** The reporter restricts the processing of the case, or that ends. */
	const limit = (caseId: number, processingRestrictedAt: Date | null) =>
		db().update(cases).set({ processingRestrictedAt }).where(eq(cases.id, caseId));

	it('becomes sent when a person found it, with name and reason on the timeline', async () => {
		const { escalation, office } = await unknownRow({ kind: 'drop_after_store' });
		const [report] = await lapor.reports(escalation.reference);
		const found = { outcome: 'found', lapor_id: `#${report?.id}`, reason: 'Ditemukan di kotak masuk SP4N-LAPOR!' };
		await resolveEscalation(office.actor, escalation.id, found);
		const { escalation: after, entries } = await forwardNow(escalation.id);
		expect(after).toMatchObject({ state: 'sent', laporId: String(report?.id), reasonCode: null });
		expect(entries.find((entry) => entry.type === 'escalation_resolved')).toMatchObject({
			public: false,
			actorId: office.actor.accountId,
			data: { outcome: 'found', reason: 'Ditemukan di kotak masuk SP4N-LAPOR!' }
		});
	});

	it("is answered with the institution's text that came before it was found", async () => {
		const { escalation, office } = await unknownRow({ kind: 'drop_after_store' });
		const [report] = await lapor.reports(escalation.reference);
		const done = { content: 'Loket sudah ditambah.', status_new: 'Selesai', institution_from: 'BPS Mamuju' };
		await lapor.post(`/_reports/${report?.id}/followups`, done);
		const found = { outcome: 'found', lapor_id: String(report?.id), reason: 'Ditemukan di kotak masuk' };
		await inMs(MINUTE, () => resolveEscalation(office.actor, escalation.id, found));
		await inMs(2 * MINUTE, () => pollOrLookUp(escalation.id));
		expect(await forwardNow(escalation.id)).toMatchObject({ row: { status: 'answered' }, escalation: { task: null } });
	});

	it('is sent again with the same reference when a person decides that it is absent', async () => {
		const { escalation, office } = await unknownRow({ kind: '500_before' });
		const absent = () =>
			resolveEscalation(office.actor, escalation.id, { outcome: 'absent', reason: 'Sudah dicari, tidak ada' });
		await limit(escalation.caseId, new Date());
		await expect(absent()).rejects.toMatchObject({ present: { reason: 'processing_restricted' } });
		await limit(escalation.caseId, null);
		await absent();
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'waiting', nn: 1 });
		expect(await jobsFor('escalation-deliver', escalation.id)).toBe(1);
		await deliver(escalation.id);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'sent', nn: 1 });
		expect(await lapor.reports(escalation.reference)).toHaveLength(1);
	});

	it('refuses a number that is missing, invalid or used by another case, which it names only to people who may see it', async () => {
		const { escalation, office } = await unknownRow({ kind: '500_before' });
		const [officer, named] = await makeOfficerWithAccount(office.unit.id);
		const decide = (lapor_id?: string, actor: Actor = office.actor) =>
			resolveEscalation(actor, escalation.id, { outcome: 'found', lapor_id, reason: 'Ditemukan di sana' });
		await expect(decide()).rejects.toMatchObject({ issues: [{ path: 'lapor_id', code: 'escalation_lapor_id' }] });
		await expect(decide('12')).rejects.toMatchObject({ issues: [{ path: 'lapor_id' }] });
		const other = await forwardedCase(office);
		await deliver(other.escalation.id);
		const usedNumber = (await forwardNow(other.escalation.id)).escalation.laporId ?? '';
		await expect(decide(usedNumber)).rejects.toMatchObject({
			issues: [{ code: 'escalation_lapor_id_used', params: { reference: other.escalation.reference } }]
		});
		await nameOfficer(office.actor, other.row.reference, officer);
		await expect(decide(usedNumber, named)).rejects.toMatchObject({
			issues: [{ code: 'escalation_lapor_id_elsewhere', params: undefined }]
		});
	});

	it('accepts a number that another case has, if LAPOR itself gave it to both, also to a third', async () => {
		overrideEnv({ LAPOR_LOOKUP: true });
		const office = await makeOffice();
		const first = await forwardedCase(office);
		await deliver(first.escalation.id);
		const lapor_id = (await forwardNow(first.escalation.id)).escalation.laporId ?? '';
		const body = JSON.stringify({ complaint_id: lapor_id });
		for (let times = 0; times < 2; times++) {
			const { escalation } = await forwardedCase(office);
			await lapor.faults([{ kind: 'answer', status: 201, body, match: { endpoint: 'create' } }]);
			await deliver(escalation.id);
			// It has a number, so the site does not send it again by itself.
			await inMs(16 * MINUTE, () => pollOrLookUp(escalation.id));
			const found = { outcome: 'found', lapor_id, reason: 'Nomornya memang itu' };
			expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'unknown', attempts: 1 });
			expect(await resolveEscalation(office.actor, escalation.id, found)).toMatchObject({ state: 'sent' });
			expect(await escalationView(office.actor, escalation.id)).toMatchObject({ numberTyped: false });
		}
	});

	it('takes its number from the case that had it, which reads and sends nothing there any more', async () => {
		const office = await makeOffice();
		const first = await forwardedCase(office);
		await deliver(first.escalation.id);
		const lapor_id = (await forwardNow(first.escalation.id)).escalation.laporId ?? '';
		const { escalation } = await forwardedCase(office);
		const body = JSON.stringify({ complaint_id: lapor_id });
		await lapor.faults([{ kind: 'answer', status: 201, body, match: { endpoint: 'create' } }]);
		await deliver(escalation.id);
		await lapor.faults();
		const found = { outcome: 'found', lapor_id, reason: 'Nomornya memang itu' };
		await resolveEscalation(office.actor, escalation.id, found);
		const { escalation: other, entries, row } = await forwardNow(first.escalation.id);
		expect(other).toMatchObject({ state: 'sent', task: 'gone', nextPollAt: null });
		expect(entries.at(-1)).toMatchObject({ type: 'escalation_task', public: false, data: { task: 'gone' } });
		const { row: second } = await forwardNow(escalation.id);
		const place = await placeOf(db(), office.actor, { lapor_id, content: 'Berkas Anda siap.' });
		expect(place).toMatchObject({ reference: second.reference });

		const { version, reference } = row;
		await writeMessage(office.actor, reference, { body: 'Sedang kami bahas.', public: true, version });
		await followCaseEvents((await forwardNow(other.id)).entries);
		await deliver(other.id);
		expect(await followupsOf(other.id)).toMatchObject([{ state: 'waiting', attempts: 0 }]);
		expect(await escalationsWithDueFollowups(9)).toEqual([]);
		const done = { content: 'Berkas Anda siap.', status_new: 'Selesai', institution_from: 'BPS Mamuju' };
		await lapor.post(`/_reports/${lapor_id}/followups`, done);
		for (const { id } of [other, escalation]) await inMs(MINUTE, () => pollOrLookUp(id));
		expect((await forwardNow(escalation.id)).row.status).toBe('answered');
		expect((await forwardNow(other.id)).row.status).toBe('in_progress');
	});

	it('becomes sent when a look-up finds it', async () => {
		overrideEnv({ LAPOR_LOOKUP: true });
		const { escalation } = await unknownRow({ kind: 'drop_after_store' });
		await pollOrLookUp(escalation.id);
		const [report] = await lapor.reports(escalation.reference);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'sent', laporId: String(report?.id) });
	});

	it('stays unknown, without a halt, if LAPOR refuses only the look-up', async () => {
		overrideEnv({ LAPOR_LOOKUP: true });
		const { escalation, office } = await unknownRow({ kind: '500_before' });
		const refused = { kind: 'answer', status: 403, body: '{"message":"Forbidden"}' };
		await lapor.faults([{ ...refused, match: { endpoint: 'search' } }]);
		await pollOrLookUp(escalation.id);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'unknown', lookups: 1 });
		expect(await escalationView(office.actor, escalation.id)).toMatchObject({
			resentIfAbsent: true,
			searchRefused: 403
		});
		expect(await haltOf()).toBeUndefined();
		await lapor.faults([refused]);
		await pollOrLookUp(escalation.id);
		expect(await haltOf()).toMatchObject({ reason: { code: 'forbidden' } });
	});

	/** A report that LAPOR has, by which a search proves that it works. */
	const knownReport = async (office: Awaited<ReturnType<typeof makeOffice>>) => {
		const { escalation } = await forwardedCase(office);
		await deliver(escalation.id);
		return escalation.id;
	};

	it('stays unknown if the search does not find a known report either', async () => {
		overrideEnv({ LAPOR_LOOKUP: true });
		const { escalation, office } = await unknownRow({ kind: 'drop_after_store' });
		const known = await knownReport(office);
		await lapor.faults([{ kind: 'answer', body: '{"results":{"data":[]}}', match: { endpoint: 'search' } }]);
		for (const minutes of [16, 90]) await inMs(minutes * MINUTE, () => pollOrLookUp(escalation.id));
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'unknown', lookups: 2 });
		expect((await attemptsOf(known)).map(({ step }) => step)).toEqual(['create']);
	});

	const quoted = (reference: string) => ({
		complaint_id: 1234567,
		content: `Sama dengan laporan ${reference}`,
		tags_raw: ''
	});
	it.for([
		['is HTML', () => '<html><body>Sedang pemeliharaan</body></html>'],
		[
			'has only another report, which quotes its reference',
			(own: string) => JSON.stringify({ results: { data: [quoted(own)], total: 1 } })
		]
	] as const)('stays unknown and is not sent again if the response of the search %s', async ([, bodyFor]) => {
		overrideEnv({ LAPOR_LOOKUP: true });
		const { escalation, office } = await unknownRow({ kind: '500_after' });
		await knownReport(office);
		const found = { endpoint: 'search', text: compactReference(escalation.reference) };
		await lapor.faults([{ kind: 'answer', body: bodyFor(escalation.reference), match: found }]);
		for (const minutes of [1, 16, 90])
			await inMs(minutes * MINUTE, async () => {
				await pollOrLookUp(escalation.id);
				await deliver(escalation.id);
			});
		const { escalation: after, entries } = await forwardNow(escalation.id);
		expect(after).toMatchObject({ state: 'unknown', laporId: null, lookups: 3, attempts: 1 });
		expect(entries.map(({ type }) => type)).not.toContain('escalation_sent');
		expect(await lapor.reports(escalation.reference)).toHaveLength(1);
		await lapor.faults();
		await inMs(91 * MINUTE, () => pollOrLookUp(escalation.id));
		expect((await forwardNow(escalation.id)).escalation.state).toBe('sent');
	});

	it('is sent again automatically when a look-up finds nothing 15 minutes after the create', async () => {
		overrideEnv({ LAPOR_LOOKUP: true });
		const { escalation, office } = await unknownRow({ kind: '500_before' });
		await knownReport(office);
		await inMs(MINUTE, () => pollOrLookUp(escalation.id));
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'unknown', lookups: 1 });
		await limit(escalation.caseId, new Date());
		await inMs(16 * MINUTE, () => pollOrLookUp(escalation.id));
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'unknown', lookups: 2 });
		await limit(escalation.caseId, null);
		await inMs(16 * MINUTE, () => pollOrLookUp(escalation.id));
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'waiting', nn: 1 });
		await inMs(17 * MINUTE, () => deliver(escalation.id));
		expect((await forwardNow(escalation.id)).escalation.state).toBe('sent');
	});

	it('is sent again automatically only once, because a search that misses it twice cannot be trusted', async () => {
		overrideEnv({ LAPOR_LOOKUP: true });
		const office = await makeOffice();
		await knownReport(office);
		const { escalation } = await forwardedCase(office);
		const nothing = { kind: 'answer', body: '{"results":{"data":[],"total":0}}' };
		await lapor.faults([
			{ kind: '500_after', match: { endpoint: 'create' } },
			{ ...nothing, match: { endpoint: 'search', text: compactReference(escalation.reference) } }
		]);
		for (let round = 0; round < 4; round++)
			await inMs(round * 17 * MINUTE, async () => {
				await pollOrLookUp(escalation.id);
				await deliver(escalation.id);
			});
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'unknown', absentOffered: true });
		expect(await escalationView(office.actor, escalation.id)).toMatchObject({ resentIfAbsent: false });
		expect(await lapor.reports(escalation.reference)).toHaveLength(2);
	});
});

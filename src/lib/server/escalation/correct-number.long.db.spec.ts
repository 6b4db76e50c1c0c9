import { eq } from 'drizzle-orm';
import { expect, it, vi } from 'vitest';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { reporterView } from '#lib/server/cases/reporter-view.ts';
import { db } from '#lib/server/db/index.ts';
import { escalationFollowups, escalations } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { followupsOf } from '#lib/dev/testing/forwarding/world.ts';
import { forwardedCase, makeOffice, sentReport, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';
import { correctNumber } from './correct-number.ts';
import { resolveEscalation, setManualStatus, settleFollowup } from './decisions.ts';
import { deliver } from './delivery/deliver.ts';
import { followCaseEvents } from './followups/followups.ts';
import { resendEscalation } from './forward/forward.ts';
import { pollOrLookUp } from './tracking/poll.ts';
import { escalationView } from './view.ts';

const lapor = useLapor();

const WHY = 'Dua angka tertukar';
type Office = Awaited<ReturnType<typeof makeOffice>>;

/** A forward whose number a person entered by hand. */
async function typed(office: Office, lapor_id: string) {
	const forwarded = await forwardedCase(office);
	await resolveEscalation(office.actor, forwarded.escalation.id, { outcome: 'found', lapor_id, reason: 'Sudah diisi' });
	const { id } = forwarded.escalation;
	const correct = (right: string) => correctNumber(office.actor, id, { lapor_id: right, reason: WHY });
	const setStatus = (status_name: string, note = 'Sesuai laman') =>
		setManualStatus(office.actor, id, { status_name, note, at: new Date().toISOString() });
	const entriesOfReporter = async () =>
		(await reporterView(await caseForActor(office.actor, forwarded.row.reference))).entries;
	return { ...forwarded, id, correct, setStatus, entriesOfReporter };
}

/** A report of somebody else at LAPOR, and a forward in API mode for which a person entered its number. */
async function typedOthers() {
	const other = await sentReport(lapor);
	// This site does not know the other report.
	await db().update(escalations).set({ laporId: null, state: 'closed' }).where(eq(escalations.id, other.id));
	const office = await makeOffice();
	await lapor.faults([{ kind: 'drop_after_store', match: { endpoint: 'create' } }]);
	const forwarded = await forwardedCase(office);
	await deliver(forwarded.escalation.id);
	await lapor.faults();
	const { id, reference } = forwarded.escalation;
	const found = { outcome: 'found', lapor_id: other.laporId, reason: 'Ditemukan di kotak masuk' };
	await resolveEscalation(office.actor, id, found);
	const [report] = await lapor.reports(reference);
	const right = String(report?.id);
	const correct = () => correctNumber(office.actor, id, { lapor_id: right, reason: WHY });
	return { ...forwarded, id, office, other, right, correct };
}

it('replaces a typed number, with name and reason, and hides the news of the other report from the reporter', async () => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	const office = await makeOffice({});
	const { id, correct, setStatus, entriesOfReporter } = await typed(office, '1916494');
	await setStatus('Dalam Proses', 'Kabar laporan orang lain');
	await setStatus('Ditolak');
	expect(await escalationView(office.actor, id)).toMatchObject({ numberTyped: true, task: 'refused' });
	await correct('#1916449');
	const { escalation, entries, row } = await forwardNow(id);
	expect(escalation).toMatchObject({
		state: 'sent',
		laporId: '1916449',
		laporStatus: null,
		laporNewsAt: null,
		task: null,
		closedAt: null
	});
	expect(row.escalationState).toBe('sent');
	expect(entries.slice(-2)).toMatchObject([
		{
			type: 'escalation_resolved',
			public: false,
			actorId: office.actor.accountId,
			data: { outcome: 'corrected', wrong_id: '1916494', lapor_id: '1916449', reason: WHY }
		},
		{ type: 'escalation_sent', public: true, data: { lapor_id: '1916449', corrected: true } }
	]);
	expect((await escalationView(office.actor, id)).updates).toEqual([]);
	await setStatus('Terverifikasi', 'Kabar laporan ini');
	const news = (await entriesOfReporter()).filter(({ type }) => type === 'escalation_status');
	expect(news.map(({ data }) => data.note)).toEqual(['Kabar laporan ini']);
});

it('refuses the same number, a number of another case, one that LAPOR gave, and a form with an older number', async () => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	const office = await makeOffice({});
	const first = await typed(office, '1916601');
	const second = await typed(office, '1916602');
	await expect(second.correct('1916602')).rejects.toMatchObject({ issues: [{ code: 'escalation_lapor_id_same' }] });
	const used = { code: 'escalation_lapor_id_used', params: { reference: first.escalation.reference } };
	await expect(second.correct('1916601')).rejects.toMatchObject({ issues: [used] });
	await first.correct('1916603');
	expect(await second.correct('1916601')).toMatchObject({ laporId: '1916601' });
	const stale = { lapor_id: '1916604', wrong_id: '1916602', reason: WHY };
	await expect(correctNumber(office.actor, second.id, stale)).rejects.toMatchObject({ code: 'stale' });
	expect((await forwardNow(second.id)).escalation.laporId).toBe('1916601');
	expect(await correctNumber(office.actor, second.id, { ...stale, wrong_id: '1916601' })).toMatchObject({
		laporId: '1916604'
	});
	overrideEnv({ LAPOR_MODE: 'api' });
	const sent = await sentReport(lapor);
	const ofLapor = correctNumber(sent.office.actor, sent.id, { lapor_id: '1916450', reason: WHY });
	await expect(ofLapor).rejects.toMatchObject({ code: 'invalid-move' });
	expect((await escalationView(sent.office.actor, sent.id)).numberTyped).toBe(false);
});

it('keeps a forward closed that a newer one has replaced', async () => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	const office = await makeOffice({});
	const { id, correct, setStatus, entriesOfReporter } = await typed(office, '1916701');
	await setStatus('Ditolak');
	const newer = await resendEscalation(office.actor, id, { reason: 'Dikirim lagi' });
	expect(await correct('1916702')).toMatchObject({ state: 'closed', laporId: '1916702', laporStatus: null });
	expect((await forwardNow(id)).row.escalationState).toBe('waiting');
	expect((await entriesOfReporter()).filter(({ type }) => type === 'escalation_status')).toEqual([]);
	const found = { outcome: 'found', lapor_id: '1916703', reason: 'Sudah diisi' };
	await resolveEscalation(office.actor, newer.id, found);
	const refused = { status_name: 'Ditolak', note: 'Sesuai laman', at: new Date().toISOString() };
	await setManualStatus(office.actor, newer.id, refused);
	expect(await correct('1916704')).toMatchObject({ state: 'closed', laporId: '1916704' });
	expect((await forwardNow(id)).row.escalationState).toBe('closed');
});

it('reads the right report, answers with its text only, and ignores a poll of the wrong one that still runs', async () => {
	const { id, other, right, correct } = await typedOthers();
	await other.addFollowup('Jawaban untuk orang lain.', { status_new: 'Selesai' });
	await lapor.faults([{ kind: 'slow', delayMs: 2000, count: 1, match: { endpoint: 'detail' } }]);
	const poll = pollOrLookUp(id);
	await vi.waitUntil(async () => (await lapor.served()).some(({ fired }) => fired > 0), { timeout: 10_000 });
	await correct();
	await poll;
	expect(await forwardNow(id)).toMatchObject({
		escalation: { laporStatus: null, polledAt: null },
		row: { status: 'in_progress' }
	});
	await lapor.post(`/_reports/${right}/followups`, {
		content: 'Loket sudah ditambah.',
		status_new: 'Selesai',
		institution_from: 'BPS'
	});
	await pollOrLookUp(id);
	const { row, types } = await forwardNow(id);
	expect(row.status).toBe('answered');
	expect(types.filter((type) => type === 'escalation_followup')).toHaveLength(1);
});

it('leaves it to a person whether follow-ups that went to the wrong report are sent again', async () => {
	const { id, office, row, other, right, correct } = await typedOthers();
	const { version } = (await forwardNow(id)).row;
	await writeMessage(office.actor, row.reference, { body: 'Sedang kami bahas.', public: true, version });
	await followCaseEvents((await forwardNow(id)).entries);
	await deliver(id);
	const contentsAt = async (number: string) =>
		(await lapor.reports()).find((one) => String(one.id) === number)?.followups.map(({ content }) => content);
	expect(await contentsAt(other.laporId)).toEqual(['Sedang kami bahas.']);
	expect(await correct()).toMatchObject({ task: 'followup_unknown' });
	await deliver(id);
	const [followup] = await db().select().from(escalationFollowups).where(eq(escalationFollowups.escalationId, id));
	expect(followup).toMatchObject({ state: 'unknown', reasonCode: 'number_corrected', remoteId: null, sentAt: null });
	await settleFollowup(office.actor, id, { followup: followup?.id, outcome: 'again' });
	await deliver(id);
	expect(await contentsAt(right)).toEqual(['Sedang kami bahas.']);
	expect((await forwardNow(id)).escalation.task).toBeNull();
});

it('leaves it to a person whether a follow-up that the wrong report refused is sent to the right one', async () => {
	const { id, office, row, right, correct } = await typedOthers();
	const { version } = (await forwardNow(id)).row;
	await writeMessage(office.actor, row.reference, { body: 'Sedang kami bahas.', public: true, version });
	await followCaseEvents((await forwardNow(id)).entries);
	const body = '{"message":"Bukan milik Anda"}';
	await lapor.faults([{ kind: 'answer', status: 403, body, match: { endpoint: 'followup_add' } }]);
	await deliver(id);
	await lapor.faults();
	expect((await forwardNow(id)).escalation.task).toBe('followup_failed');
	expect(await correct()).toMatchObject({ state: 'sent', task: 'followup_unknown' });
	await deliver(id);
	expect(await followupsOf(id)).toMatchObject([{ state: 'unknown', reasonCode: 'number_corrected' }]);
	await settleFollowup(office.actor, id, { followup: (await followupsOf(id))[0]?.id, outcome: 'again' });
	await deliver(id);
	const report = (await lapor.reports()).find((one) => String(one.id) === right);
	expect(report?.followups).toMatchObject([{ content: 'Sedang kami bahas.' }]);
});

it('a number that a person typed for another case stops a second report, until a person confirms it there', async () => {
	const { id, other, correct } = await typedOthers();
	const office = await makeOffice();
	const forwarded = await forwardedCase(office);
	const body = JSON.stringify({ complaint_id: other.laporId });
	await lapor.faults([{ kind: 'answer', status: 201, body, match: { endpoint: 'create' } }]);
	await deliver(forwarded.escalation.id);
	await lapor.faults();
	const decide = (decision: object) =>
		resolveEscalation(office.actor, forwarded.escalation.id, { reason: 'Sudah dicari di sana', ...decision });
	await expect(decide({ outcome: 'absent' })).rejects.toMatchObject({ present: { reason: 'exists_at_lapor' } });
	const found = { outcome: 'found', lapor_id: other.laporId };
	expect(await decide(found)).toMatchObject({ state: 'sent', laporId: other.laporId });
	const lost = { state: 'sent', task: 'gone', nextPollAt: null, reasonCode: 'number_lost' };
	expect((await forwardNow(id)).escalation).toMatchObject(lost);
	expect(await correct()).toMatchObject({ state: 'sent', task: null, reasonCode: null });
	expect((await forwardNow(id)).escalation.nextPollAt).not.toBeNull();
});

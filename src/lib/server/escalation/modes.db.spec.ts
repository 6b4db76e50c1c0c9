import { describe, expect, it, test } from 'vitest';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { inbox } from '#lib/server/cases/inbox/inbox.ts';
import { env, overrideEnv } from '#lib/server/env.ts';
import { laporFinding } from '#lib/server/health/work.ts';
import { haltConnection } from './connection/connection.ts';
import { deliver } from './delivery/deliver.ts';
import { followCaseEvents } from './followups/followups.ts';
import { pollOrLookUp } from './tracking/poll.ts';
import { resolveEscalation, setManualStatus, settleFollowup } from './decisions.ts';
import { escalationCounts, forwardingAlarm } from './list.ts';
import { sweepEscalations, sweepRounds } from './delivery/sweep.ts';
import { escalationView } from './view.ts';
import { Conflict } from '#lib/server/errors.ts';
import {
	forwardedCase,
	jobsFor,
	inMs,
	makeOffice,
	MINUTE,
	sentReport,
	forwardNow,
	useLapor
} from '#lib/dev/testing/lapor.ts';

const lapor = useLapor();

describe('an installation that changes its mode', () => {
	it('to manual still sends and polls its open forwards', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		overrideEnv({ LAPOR_MODE: 'manual' });
		await inMs(6 * MINUTE, () => sweepRounds({}));
		expect(await jobsFor('escalation-deliver', escalation.id)).toBe(1);
		await inMs(6 * MINUTE, () => deliver(escalation.id));
		const { escalation: sent } = await forwardNow(escalation.id);
		expect(sent).toMatchObject({ mode: 'api', state: 'sent' });
		await lapor.post(`/_reports/${sent.laporId}/status`, { status_name: 'Dalam Proses' });
		await inMs(30 * MINUTE, sweepEscalations);
		expect(await jobsFor('escalation-receive', escalation.id)).toBe(1);
		await pollOrLookUp(escalation.id);
		expect((await forwardNow(escalation.id)).escalation.laporStatus).toBe('Dalam Proses');
		const next = await forwardedCase(office);
		expect(next.escalation).toMatchObject({ mode: 'manual', nextAttemptAt: null });
	});

	it('to manual without the settings leaves a forward waiting, and marks it as stuck after a day', async () => {
		const { escalation } = await forwardedCase(await makeOffice());
		const { LAPOR_TOKEN } = env();
		overrideEnv({ LAPOR_MODE: 'manual', LAPOR_TOKEN: undefined });
		await deliver(escalation.id);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ mode: 'api', state: 'waiting' });
		await inMs(25 * 60 * MINUTE, sweepEscalations);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'stuck', reasonCode: 'not_tried' });
		overrideEnv({ LAPOR_MODE: 'api', LAPOR_TOKEN });
		expect(await laporFinding()).toMatchObject({ condition: 'watch', code: 'lapor_stuck' });
	});

	it('to manual without the settings lets people keep a sent forward by hand', async () => {
		const { id, office } = await sentReport(lapor);
		const { actor } = office;
		const { row } = await forwardNow(id);
		await writeMessage(actor, row.reference, { body: 'Sedang kami bahas.', public: true });
		await followCaseEvents((await forwardNow(id)).entries);
		const view = () => escalationView(actor, id);
		const status = { status_name: 'Selesai', note: 'Loket sudah ditambah.', at: new Date().toISOString() };
		await expect(setManualStatus(actor, id, status)).rejects.toThrow(Conflict);
		overrideEnv({ LAPOR_MODE: 'manual', LAPOR_TOKEN: undefined });
		// A month contains at least five working days, whichever holidays it has.
		await inMs(30 * 24 * 60 * MINUTE, async () => {
			expect(await view()).toMatchObject({ byHand: true, quiet: true });
			expect((await escalationCounts(actor)).quiet).toBe(1);
		});
		const followup = (await view()).followups[0]?.id;
		await settleFollowup(actor, id, { followup, outcome: 'sent' });
		const undone = settleFollowup(actor, id, { followup, outcome: 'again' });
		await expect(undone).rejects.toMatchObject({ present: { reason: 'followup_sent' } });
		expect(await setManualStatus(actor, id, status)).toMatchObject({ laporStatus: 'Selesai', task: 'finished' });
	});

	it('to manual without the settings ends the alarm about a halt, until they are back', async () => {
		const { actor } = await makeOffice();
		const halted = async () => (await forwardingAlarm(actor)).halted !== null;
		await haltConnection({ code: 'unauthorised' });
		expect(await halted()).toBe(true);
		const { LAPOR_TOKEN } = env();
		overrideEnv({ LAPOR_MODE: 'manual', LAPOR_TOKEN: undefined });
		expect(await halted()).toBe(false);
		overrideEnv({ LAPOR_TOKEN });
		expect(await halted()).toBe(true);
	});

	it('to the API does not send or poll manual forwards', async () => {
		overrideEnv({ LAPOR_MODE: 'manual' });
		const office = await makeOffice();
		const { row, escalation } = await forwardedCase(office);
		const [listed] = (await inbox(office.actor, {})).items;
		expect(listed?.escalationMode).toBe('manual');
		expect((await escalationCounts(office.actor)).states.waiting).toMatchObject({ count: 1, mode: 'manual' });
		overrideEnv({ LAPOR_MODE: 'api' });
		await inMs(6 * MINUTE, sweepEscalations);
		await deliver(escalation.id);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ mode: 'manual', state: 'waiting' });
		const found = { outcome: 'found', lapor_id: '770009', reason: 'Sudah diisikan' };
		await resolveEscalation(office.actor, escalation.id, found);
		await writeMessage(office.actor, row.reference, { body: 'Sedang kami bahas.', public: true });
		await followCaseEvents((await forwardNow(escalation.id)).entries);
		await inMs(25 * 60 * MINUTE, sweepEscalations);
		await deliver(escalation.id);
		await pollOrLookUp(escalation.id);
		expect(await jobsFor('escalation-deliver', escalation.id)).toBe(0);
		expect(await jobsFor('escalation-receive', escalation.id)).toBe(0);
		expect(await lapor.reports(escalation.reference)).toEqual([]);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'sent', nextPollAt: null });
	});
});

test('a status by hand refuses personal data in its note, which the reporter reads, unless a person confirms it', async () => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	const office = await makeOffice({});
	const { escalation } = await forwardedCase(office);
	const found = { outcome: 'found', lapor_id: '770019', reason: 'Sudah diisikan' };
	await resolveEscalation(office.actor, escalation.id, found);
	const status = (more: object) =>
		setManualStatus(office.actor, escalation.id, {
			status_name: 'Dalam Proses',
			note: 'Hubungi petugas kami di 081298765432.',
			at: new Date().toISOString(),
			...more
		});
	await expect(status({})).rejects.toMatchObject({
		issues: [{ path: 'note', code: 'escalation_personal_data', params: { found: '081298765432' } }]
	});
	expect(await status({ keep_marks: 'on' })).toMatchObject({ laporStatus: 'Dalam Proses' });
});

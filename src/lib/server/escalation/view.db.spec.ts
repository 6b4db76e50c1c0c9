import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { setManualStatus, resolveEscalation } from './decisions.ts';
import { applyOutcome, deliver } from './delivery/deliver.ts';
import { claimEscalation } from './delivery/lease.ts';
import { recoverDeadLeases } from './delivery/sweep.ts';
import { digestFacts } from './digest-facts.ts';
import { escalateCase, resendEscalation } from './forward/forward.ts';
import { countTodo, escalationCounts, stateFigures } from './list.ts';
import { pollOrLookUp } from './tracking/poll.ts';
import { escalationView } from './view.ts';
import { issuesOf } from '#lib/dev/testing/forwarding/inbound.ts';
import {
	forwardedCase,
	HOUR,
	inMs,
	nextSecond,
	photo,
	sentReport,
	forwardNow,
	useLapor,
	useLaporOffice
} from '#lib/dev/testing/lapor.ts';

const lapor = useLapor();
const office = useLaporOffice();

const DAY = 24 * HOUR;
const refusal = (errors: Record<string, string[]>) => ({
	kind: 'answer',
	match: { endpoint: 'create' },
	count: 1,
	status: 422,
	headers: { 'content-type': 'application/json' },
	body: JSON.stringify({ message: 'The given data was invalid.', errors })
});

describe('the page of a forward', () => {
	it("shows the number of a response that came after the worker's lease had expired", async () => {
		const { escalation } = await forwardedCase(office);
		const claimed = await claimEscalation(escalation.id);
		if (!claimed) throw new Error('not claimed');
		await inMs(DAY, recoverDeadLeases);
		await applyOutcome(claimed.escalation, {
			outcome: { kind: 'accepted', laporId: '5550001' },
			call: { startedAt: new Date(), durationMs: 90_000, httpStatus: 201 }
		});
		expect(await escalationView(office.actor, escalation.id)).toMatchObject({ lateNumber: '5550001', laporId: null });
	});

	it('shows refusals by field, and after a re-send the changed fields and both forwards', async () => {
		await lapor.faults([refusal({ title: ['Terlalu umum.'], category_id: ['Tidak dikenal.'] })]);
		const { escalation } = await forwardedCase(office);
		await deliver(escalation.id);
		const first = await escalationView(office.actor, escalation.id);
		expect(first.refused).toEqual([
			{ key: 'title', text: 'Terlalu umum.', field: 'title', admin: false },
			{ key: 'category_id', text: 'Tidak dikenal.', field: null, admin: true }
		]);
		expect(first.family).toMatchObject({ all: [{ nn: 1 }], changes: undefined });

		const input = { reason: 'Judul diperjelas.', title: 'Loket dua: dua jam tanpa panggilan', incident_on: '' };
		const next = await resendEscalation(office.actor, escalation.id, input);
		const second = await escalationView(office.actor, next.id);
		expect(second.family.all.map(({ nn, state }) => [nn, state])).toEqual([
			[1, 'closed'],
			[2, 'waiting']
		]);
		expect(second.family.changes).toEqual([
			{ field: 'title', before: escalation.title, after: 'Loket dua: dua jam tanpa panggilan' }
		]);
		expect((await escalationView(office.actor, escalation.id)).family.all).toHaveLength(2);
		expect(second.entries.map(({ type }) => type)).toEqual(['escalation_waiting']);
	});

	it('offers a re-send only while texts of the case may go to LAPOR', async () => {
		await lapor.faults([refusal({ title: ['Terlalu umum.'] })]);
		const { escalation } = await forwardedCase(office);
		await deliver(escalation.id);
		const offered = async (change: Partial<typeof cases.$inferInsert>) => {
			await db().update(cases).set(change).where(eq(cases.id, escalation.caseId));
			return (await escalationView(office.actor, escalation.id)).resendable;
		};
		expect(await offered({ category: 'cost' })).toBe(true);
		expect(await offered({ category: 'integrity' })).toBe(false);
		expect(await offered({ category: 'cost', processingRestrictedAt: new Date() })).toBe(false);
		expect(await offered({ processingRestrictedAt: null, destroyedAt: new Date() })).toBe(false);
	});

	it('waits for nobody once a rejected report is forwarded anew, archived or about integrity', async () => {
		const { actor, unit } = office;
		await lapor.faults([{ ...refusal({ emailUser: ['Sudah terdaftar.'] }), count: 2 }]);
		const [first, second] = [await forwardedCase({ actor, unit }), await forwardedCase({ actor, unit })];
		for (const { escalation } of [first, second]) await deliver(escalation.id);
		const waiting = async () => [await countTodo(actor), (await digestFacts(actor)).groups.rejected?.count ?? 0];
		expect(await waiting()).toEqual([2, 2]);

		const { version } = (await forwardNow(first.escalation.id)).row;
		const anew = { purpose: 'record', reason: 'Tanpa identitas.', version };
		const next = await escalateCase(actor, first.row.reference, anew);
		await deliver(next.id);
		expect((await forwardNow(first.escalation.id)).escalation).toMatchObject({ state: 'closed', task: null });
		expect((await forwardNow(next.id)).row.escalationState).toBe('sent');
		expect(await waiting()).toEqual([1, 1]);

		const { id, reference } = second.row;
		const long = { createStartedAt: new Date(0) };
		await db().update(escalations).set(long).where(eq(escalations.id, second.escalation.id));
		for (const [category, count] of [
			['integrity', 0],
			['time', 1]
		] as const) {
			await db().update(cases).set({ category }).where(eq(cases.id, id));
			expect(await waiting()).toEqual([count, count]);
			const oldest = count === 0 ? null : new Date(0);
			expect((await escalationCounts(actor)).states.rejected).toMatchObject({ count: 1, oldest });
			const figure = (await stateFigures()).find(({ state }) => state === 'rejected');
			expect(figure?.oldest?.getTime() === 0).toBe(count === 1);
		}
		const present = (await forwardNow(second.escalation.id)).row;
		await archiveCase(actor, reference, { reason: 'withdrawn', version: present.version });
		expect(await waiting()).toEqual([0, 0]);
	});

	it("says since when LAPOR's news can't be read, until a poll succeeds", async () => {
		const { office, id } = await sentReport(lapor);
		const unread = async () => (await escalationView(office.actor, id)).unread;
		await pollOrLookUp(id);
		expect(await unread()).toBeUndefined();
		await lapor.faults([{ kind: '500_before', match: { endpoint: 'detail' } }]);
		const startedAt = new Date();
		await pollOrLookUp(id);
		await inMs(HOUR, () => pollOrLookUp(id));
		const seen = await unread();
		expect(seen).toMatchObject({ code: 'server_error' });
		expect((seen?.since.getTime() ?? 0) - startedAt.getTime()).toBeLessThan(HOUR);
		await lapor.faults();
		await inMs(2 * HOUR, () => pollOrLookUp(id));
		expect(await unread()).toBeUndefined();
	});

	it('shows a note of LAPOR once, although it came with the status and as a log or follow-up', async () => {
		const { office, id, move, addFollowup } = await sentReport(lapor);
		const shown = async () => {
			await pollOrLookUp(id);
			const { updates } = await escalationView(office.actor, id);
			return updates.map(({ kind, content }) => `${kind}: ${content}`);
		};
		expect(await shown()).toEqual(['status: Laporan diterima']);
		const note = 'Petugas kami menelaah laporan ini.';
		await move('DALAM  proses', note);
		expect((await shown()).filter((one) => one.endsWith(note))).toEqual([`status: ${note}`]);
		const { updates } = await escalationView(office.actor, id);
		expect(updates.find(({ content }) => content === note)?.statusName).toBe('Dalam Proses');
		const text = 'Loket kedua sudah dibuka.';
		await addFollowup(text);
		await nextSecond();
		await move('Selesai', text);
		expect((await shown()).filter((one) => one.endsWith(text))).toEqual([`followup: ${text}`]);
		expect(await shown()).toContain('status: ');
	});

	it('shows which response halted the connection, beside what LAPOR said of this report', async () => {
		const answer = (status: number, body: string, headers = {}) => ({
			kind: 'answer',
			match: { endpoint: 'create' },
			count: 1,
			status,
			headers: { 'content-type': 'application/json', ...headers },
			body
		});
		const { actor, unit } = office;
		const [busy, refused] = [await forwardedCase({ actor, unit }), await forwardedCase({ actor, unit })];
		await lapor.faults([answer(503, '{"message":"Antrean penuh."}', { 'retry-after': '60' })]);
		await deliver(busy.escalation.id);
		await lapor.faults([answer(401, '{"message":"Kunci ditolak."}')]);
		await deliver(refused.escalation.id);
		const halt = { code: 'connection_halted', text: null, cause: 'unauthorised' };
		expect(await escalationView(actor, busy.escalation.id)).toMatchObject({
			state: 'waiting',
			reason: { ...halt, own: { code: 'busy', text: 'Antrean penuh.' } }
		});
		expect(await escalationView(actor, refused.escalation.id)).toMatchObject({
			reason: { ...halt, own: { code: 'unauthorised', text: 'Kunci ditolak.' } }
		});
	});

	it('is quiet in manual mode after five working days without news, until a status is entered', async () => {
		overrideEnv({ LAPOR_MODE: 'manual' });
		const { escalation } = await forwardedCase(office);
		const input = { outcome: 'found', lapor_id: '5550002', reason: 'Diisikan di lapor.go.id' };
		await resolveEscalation(office.actor, escalation.id, input);
		const quiet = async () => (await escalationView(office.actor, escalation.id)).quiet;
		expect(await quiet()).toBe(false);
		expect(await inMs(3 * DAY, quiet)).toBe(false);
		// A month contains at least five working days, whichever holidays it has.
		expect(await inMs(30 * DAY, quiet)).toBe(true);
		await inMs(30 * DAY, async () => {
			const at = new Date(Date.now() + 30 * DAY - 60_000).toISOString();
			await setManualStatus(office.actor, escalation.id, { status_name: 'Terverifikasi', at });
			expect(await quiet()).toBe(false);
		});
	});

	it('shows the mode of new forwards, which may differ from its own', async () => {
		const { escalation } = await forwardedCase(office);
		overrideEnv({ LAPOR_MODE: 'manual', LAPOR_BASE_URL: undefined });
		expect(await escalationView(office.actor, escalation.id)).toMatchObject({
			mode: 'api',
			installation: { mode: 'manual', connected: false }
		});
	});

	it('does not send files on a re-send that the person removed', async () => {
		await lapor.faults([refusal({ attachments: ['Tidak dapat dibaca.'] })]);
		const files = [await photo('a.jpg'), await photo('b.jpg')];
		const { escalation } = await forwardedCase(office, {}, {}, { files });
		await deliver(escalation.id);
		const [kept] = (await escalationView(office.actor, escalation.id)).files;
		const input = { reason: 'Tanpa berkas kedua.', attachments: [kept?.id.toUpperCase()] };
		const unknown = { ...input, attachments: [crypto.randomUUID()] };
		expect(await issuesOf(resendEscalation(office.actor, escalation.id, unknown))).toEqual([
			'attachments: escalation_attachment'
		]);
		const next = await resendEscalation(office.actor, escalation.id, input);
		expect((await escalationView(office.actor, next.id)).files.map(({ id }) => id)).toEqual([kept?.id]);
	});
});

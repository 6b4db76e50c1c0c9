import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db, transaction } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import {
	atTime,
	caseIn,
	lastEntry,
	makeOffice,
	readCase,
	story,
	type Office,
	act,
	seenByReporter
} from '#lib/dev/testing/office.ts';
import { changeCalendar } from '../clocks/change-calendar.ts';
import { lockCase } from '../find.ts';
import { archiveCase, archiveNow, reopenCase } from '../handling/archive.ts';
import { inboxCounts } from '../inbox/counts.ts';
import { declineObjection, submitObjection } from './objection.ts';
import { writeToOffice } from './reporter-reply.ts';
import { deskCase } from '../view.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const REASON = 'Pendataan lapangan diurus dinas kependudukan.';
const decline = (reference: string, by = office.supervisor) => act(declineObjection, by, reference, { reason: REASON });
const object = (id: number) => submitObjection(id, { body: 'Saya keberatan atas penutupan ini.' });

async function objected(changes: Record<string, unknown> = {}) {
	const row = await caseIn(office, 'archived', { kind: 'suggestion', ...changes });
	await object(row.id);
	return row;
}
test('declining an objection keeps the report archived, clears it from the desk’s list, and shows the reporter the reason', async () => {
	const { reference } = await objected();
	expect((await inboxCounts(office.supervisor)).objection).toBe(1);
	expect(await seenByReporter(reference)).toMatchObject({ objection: 'objected', may: { object: null } });
	const { version } = await readCase(reference);
	await decline(reference);
	expect(await readCase(reference)).toMatchObject({
		status: 'archived',
		objectionAt: null,
		returnStatus: 'received',
		version: version + 1
	});
	expect((await story(reference)).slice(-2)).toEqual(['objected', 'objection_declined']);
	expect(await lastEntry(reference, 'objection_declined')).toMatchObject({
		public: true,
		actorId: office.supervisor.accountId,
		data: { reason: REASON, version: version + 1 }
	});
	expect((await inboxCounts(office.supervisor)).objection).toBe(0);
	const { entries, may, objection } = await seenByReporter(reference);
	expect(entries.at(-1)).toMatchObject({ type: 'objection_declined', data: { reason: REASON } });
	expect([may.object, objection]).toEqual([null, 'objection_declined']);
});

test('the last day to object stays the one that the reporter was told, also if a day off is withdrawn', async () => {
	const admin = await makeActor([[office.root.id, 'admin']]);
	await changeCalendar(admin, { type: 'day_set', day: '2026-12-22', kind: 'joint', name: 'Cuti tambahan' });
	const archive = () => caseIn(office, 'archived', { kind: 'suggestion' });
	const [row, late] = await atTime(
		'2026-12-14T10:00:00+08:00',
		async () => [await archive(), await archive()] as const
	);
	const lastDay = await lastEntry(row.reference, 'archived');
	expect(lastDay?.data.until).toBe('2026-12-31');
	await changeCalendar(admin, { type: 'day_removed', day: '2026-12-22', reason: 'Dicabut' });
	await atTime('2026-12-31T23:00:00+08:00', () => object(row.id));
	expect((await readCase(row.reference)).objectionAt).not.toBeNull();
	const tooLate = atTime('2027-01-01T00:30:00+08:00', () => object(late.id));
	await expect(tooLate).rejects.toMatchObject({ present: { reason: 'too_late' } });
});

test('only a supervisor declines an objection, once, with a reason and the current version', async () => {
	const { reference } = await objected();
	const archived = { archiveReason: 'out_of_scope', archiveNote: 'Bukan layanan kami.' };
	expect(await deskCase(office.supervisor, reference)).toMatchObject(archived);
	const shown = async (who: Office['handler']) => (await deskCase(who, reference)).may.declineObjection;
	expect([await shown(office.handler), await shown(office.supervisor)]).toEqual([false, true]);
	await expect(decline(reference, office.handler)).rejects.toMatchObject({ name: 'NotAllowed' });
	const wordless = act(declineObjection, office.supervisor, reference);
	await expect(wordless).rejects.toMatchObject({ issues: [{ path: 'reason' }] });
	const { version } = await readCase(reference);
	const stale = declineObjection(office.supervisor, reference, { reason: REASON, version: version - 1 });
	await expect(stale).rejects.toMatchObject({ code: 'stale' });
	const twice = await Promise.allSettled([decline(reference), decline(reference, office.rootSupervisor)]);
	expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	expect(await shown(office.supervisor)).toBe(false);
	await expect(decline(reference)).rejects.toMatchObject({ present: { reason: 'no_objection' } });
});

test('refuses to decline an objection to a report that is not archived or belongs to another office', async () => {
	const { reference } = await caseIn(office, 'verified');
	await expect(decline(reference)).rejects.toMatchObject({ code: 'invalid-move' });
	const { supervisor: stranger } = await makeOffice();
	const { reference: waiting } = await objected();
	await expect(decline(waiting, stranger)).rejects.toMatchObject({ name: 'NotFound' });
});

test('each archiving allows one objection', async () => {
	const { reference, id } = await objected();
	await decline(reference);
	await expect(object(id)).rejects.toMatchObject({ present: { reason: 'objection_declined' } });
	const later = new Date(Date.now() + 3_600_000).toISOString();
	await atTime(later, async () => {
		await act(reopenCase, office.supervisor, reference, { reason: 'Ternyata urusan kami.' });
		await act(archiveCase, office.handler, reference, { reason: 'out_of_scope' });
		await object(id);
	});
	expect((await readCase(reference)).objectionAt).not.toBeNull();
});

test('a report that its reporter withdrew with the receipt stays closed', async () => {
	const { id, reference } = await caseIn(office, 'verified');
	const withdrawn = { archiveReason: 'withdrawn', byReporter: true } as const;
	await transaction(async (tx) => archiveNow(tx, office.supervisor, await lockCase(tx, id), withdrawn));
	expect(await seenByReporter(reference)).toMatchObject({ withdrawn: true, may: { object: null } });
	await expect(object(id)).rejects.toMatchObject({ present: { reason: 'too_late' } });
	const reopened = act(reopenCase, office.supervisor, reference, { reason: 'Ternyata urusan kami.' });
	await expect(reopened).rejects.toMatchObject({ present: { reason: 'too_late' } });
});

test('a report archived as incomplete can still be completed after its objection was declined', async () => {
	const { reference, id } = await objected();
	await db().update(cases).set({ archiveReason: 'incomplete' }).where(eq(cases.id, id));
	await decline(reference);
	expect((await seenByReporter(reference)).may).toMatchObject({ object: null, complete: true });
	await writeToOffice(id, { body: 'Ini keterangan yang diminta.' });
	expect((await readCase(reference)).status).toBe('received');
});

import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { askReporter } from '#lib/server/cases/conversation/message.ts';
import { changeCalendar } from '#lib/server/cases/clocks/change-calendar.ts';
import { changeOffice } from '#lib/server/cases/clocks/change-office.ts';
import { writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { db } from '#lib/server/db/index.ts';
import { calendarDays, clocks } from '#lib/server/db/schema/clocks.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { absences } from '#lib/server/db/schema/people.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { sweepClocks } from './deadlines.ts';
import { makeActor, makeCase, makeOfficer } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { markAbsent, emailsTo, noticesToEach, noticesTo, giveEmailAddress } from '#lib/dev/testing/notices.ts';
import {
	ANSWER,
	atTime,
	bringTo,
	clockOf,
	lastEntry,
	makeOffice,
	nameOfficer,
	on,
	readCase,
	story
} from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { withoutTriggers } from '#lib/dev/testing/without-triggers.ts';

const office = useOffice();
useMailServer();

beforeEach(async () => {
	overrideEnv({ ORIGIN: ['https://spatula.contoh.go.id'] });
	// Each test sweeps only its own cases.
	await db().update(clocks).set({ state: 'stopped' });
});

/** Tuesday, 10:00 in Makassar. */
const TUESDAY = '2026-11-24T02:00:00Z';
/** Stages of the first reply to a suggestion of that Tuesday: warning (on the fourth day), alert and overdue. */
const WARNED = '2026-11-30T00:00:00Z';
const ALERTED = '2026-12-01T00:00:00Z';
const OVERDUE = '2026-12-01T08:01:00Z';

async function sweepAt(...moments: string[]): Promise<void> {
	for (const moment of moments) await atTime(moment, sweepClocks);
}
/** A suggestion has the office's three deadlines and no legal deadline for complaints. */
const suggestion = (changes: Record<string, unknown> = {}) =>
	atTime(TUESDAY, () => makeCase(office.unit, { kind: 'suggestion', ...changes }));
/** Verified and assigned to the handler. The first reply is due on Tuesday, 1 December. */
async function inProgress(changes: Record<string, unknown> = {}): Promise<string> {
	const { reference } = await suggestion(changes);
	await atTime('2026-11-24T03:00:00Z', () => bringTo(office, reference, 'in_progress'));
	return reference;
}
const handlerOf = (unit: { id: string }, officer?: { id: string }) => makeActor([[unit.id, 'handler']], officer?.id);
const ofClocks = async (reference: string) => (await story(reference)).filter((type) => type.startsWith('clock_'));

test('notifies the assignee of each stage, and the supervisor too of an overdue deadline, each once and on time', async () => {
	const reference = await inProgress();
	const address = await giveEmailAddress(office.handler);
	const { handler, supervisor, rootSupervisor } = office;
	await sweepAt('2026-11-29T23:59:00Z');
	expect(await ofClocks(reference)).toEqual([]);
	await sweepAt(WARNED, '2026-11-30T00:01:00Z');
	expect(await noticesToEach(handler, supervisor)).toEqual([['clock_warning first_reply'], []]);
	await sweepAt(ALERTED, '2026-12-01T07:59:00Z');
	expect(await noticesToEach(handler, supervisor)).toEqual([
		['clock_warning first_reply', 'clock_alert first_reply'],
		[]
	]);
	// At exactly 16:00 the deadline is not overdue yet.
	await sweepAt('2026-12-01T08:00:00Z');
	expect(await ofClocks(reference)).toEqual(['clock_warning', 'clock_alert']);
	await sweepAt(OVERDUE, '2026-12-02T00:00:00Z');
	expect(await ofClocks(reference)).toEqual(['clock_warning', 'clock_alert', 'clock_overdue']);
	expect(await noticesToEach(supervisor, rootSupervisor)).toEqual([['clock_overdue first_reply'], []]);
	expect(await lastEntry(reference, 'clock_overdue')).toMatchObject({
		actorKind: 'system',
		public: false,
		data: { clock: 'first_reply', run: 1, due_at: '2026-12-01T08:00:00.000Z' }
	});
	expect((await emailsTo(address)).map(({ subject }) => subject)).toEqual([
		`Batas waktu mendekat: ${reference}`,
		`Segera jatuh tempo: ${reference}`,
		`Batas waktu terlewati: ${reference}`
	]);
});

test('the e-mail has number, kind and deadline in both languages, and no text of the report', async () => {
	const body = 'Kursi di ruang tunggu kurang banyak sekali.';
	const reference = await inProgress({ title: 'Kursi tunggu', body });
	const address = await giveEmailAddress(office.handler);
	await sweepAt(WARNED);
	expect((await emailsTo(address))[0]?.body).toBe(`Yth. ${office.handler.name},

Balasan pertama: batas waktu mendekat
Saran ${reference}
Batas waktu Selasa, 1 Desember 2026, 16.00 WITA

https://spatula.contoh.go.id/desk/cases/${reference}

--
E-mail ini dibuat otomatis dan tidak perlu dibalas. Isi laporan dan data pelapor tidak dimuat di sini; buka tautannya dan masuk dengan akun Anda.

In English:
First reply: deadline is near
Suggestion ${reference}
Due Tuesday, 1 December 2026, 16:00 WITA
Follow the link and sign in to read more.
`);
});

test('notifies the present handlers of a case without an assignee, once if warning and alert fall together', async () => {
	const { reference } = await suggestion();
	const here = await handlerOf(office.unit);
	await atTime('2026-11-27T00:00:00Z', () => markAbsent(office.handler));
	// Three days: warning and alert both stand at the start of the third.
	await sweepAt('2026-11-27T00:00:00Z');
	expect(await noticesToEach(here, office.supervisor, office.handler)).toEqual([['clock_alert verification'], [], []]);
	expect(await ofClocks(reference)).toEqual(['clock_alert']);
});

test('notifies an absent assignee, the present handlers and the deputy, in any unit', async () => {
	await inProgress();
	const here = await handlerOf(office.unit);
	const deputy = await handlerOf(office.root);
	await atTime(WARNED, () => markAbsent(office.handler, deputy));
	await sweepAt(WARNED);
	for (const person of [office.handler, here, deputy])
		expect(await noticesTo(person)).toEqual(['clock_warning first_reply']);
});

test('does not notify a deputy who is absent too or whom the report names', async () => {
	const officer = await makeOfficer(office.unit.id);
	const named = await handlerOf(office.root, officer);
	const reference = await inProgress();
	await atTime('2026-11-24T04:00:00Z', () => nameOfficer(office.supervisor, reference, officer));
	await atTime(WARNED, () => markAbsent(office.handler, named));
	await sweepAt(WARNED);
	expect(await noticesTo(named)).toEqual([]);
	const away = await handlerOf(office.root);
	await inProgress();
	await db().delete(absences);
	await atTime(WARNED, () => Promise.all([markAbsent(office.handler, away), markAbsent(away)]));
	await sweepAt(WARNED);
	expect(await noticesToEach(away, office.handler)).toEqual([
		[],
		['clock_warning first_reply', 'clock_warning first_reply']
	]);
});

test('notifies the supervisor of the next unit if the unit’s supervisor is absent', async () => {
	await inProgress();
	await atTime(OVERDUE, () => markAbsent(office.supervisor));
	await sweepAt(OVERDUE);
	expect(await noticesToEach(office.supervisor, office.rootSupervisor)).toEqual([[], ['clock_overdue first_reply']]);
});

test('concurrent sweeps notify once', async () => {
	const reference = await inProgress();
	const address = await giveEmailAddress(office.handler);
	await atTime(ALERTED, () => Promise.all([sweepClocks(), sweepClocks(), sweepClocks()]));
	expect(await noticesTo(office.handler)).toEqual(['clock_alert first_reply']);
	expect(await ofClocks(reference)).toEqual(['clock_alert']);
	expect(await emailsTo(address)).toHaveLength(1);
});

test('after days without a sweep, notifies only of the last stage, and never again for an earlier due time', async () => {
	const reference = await inProgress();
	await sweepAt('2026-12-05T00:00:00Z', WARNED, ALERTED, '2026-12-05T00:00:00Z');
	expect(await ofClocks(reference)).toEqual(['clock_overdue']);
	expect(await noticesTo(office.handler)).toEqual(['clock_overdue first_reply']);
});

test('notifies once more of a deadline moved to a later day, but not when it moves back', async () => {
	const reference = await inProgress();
	const admin = await makeActor([[office.root.id, 'admin']]);
	await sweepAt(ALERTED);
	const day = { type: 'day_set', day: '2026-12-01', kind: 'national', name: 'Hari pemilihan' };
	await atTime('2026-12-01T01:00:00Z', () => changeCalendar(admin, day));
	expect((await clockOf(reference, 'first_reply'))?.dueAt?.toISOString()).toBe('2026-12-02T08:00:00.000Z');
	// The warning time of the new date, its fourth day, was Monday and has passed.
	await sweepAt('2026-12-01T01:01:00Z', '2026-12-02T00:00:00Z', '2026-12-02T00:01:00Z');
	expect(await ofClocks(reference)).toEqual(['clock_alert', 'clock_warning', 'clock_alert']);
	const back = { type: 'day_removed', day: '2026-12-01', reason: 'Dicabut' };
	await atTime('2026-12-02T01:00:00Z', () => changeCalendar(admin, back));
	await sweepAt('2026-12-02T01:01:00Z');
	await atTime('2026-12-02T01:02:00Z', () => changeCalendar(admin, day));
	await sweepAt('2026-12-02T01:03:00Z');
	// Due on the 1st again, it is overdue without a notification yet. Due on the 2nd again, no stage is new.
	expect(await ofClocks(reference)).toEqual(['clock_alert', 'clock_warning', 'clock_alert', 'clock_overdue']);
	await sweepAt('2026-12-02T08:01:00Z');
	expect((await ofClocks(reference)).filter((type) => type === 'clock_overdue')).toHaveLength(2);
	await db().delete(calendarDays).where(eq(calendarDays.day, '2026-12-01'));
});

test('does not notify again if only the hour of the due day changes', async () => {
	const reference = await inProgress();
	const admin = await makeActor([[office.root.id, 'admin']]);
	await sweepAt(ALERTED);
	const { slug, name, timeZone, accent, version } = office.unit;
	const hours = { start: '08:00', end: '16:30' };
	await atTime('2026-12-01T01:00:00Z', () =>
		changeOffice(admin, office.unit.id, { version, slug, name, timeZone, accent, hours })
	);
	expect((await clockOf(reference, 'first_reply'))?.dueAt?.toISOString()).toBe('2026-12-01T08:30:00.000Z');
	await sweepAt('2026-12-01T01:01:00Z');
	expect(await ofClocks(reference)).toEqual(['clock_alert']);
});

test('notifies of nothing while a question to the reporter is open, and again of the later date', async () => {
	const { reference } = await suggestion();
	await sweepAt('2026-11-27T00:00:00Z');
	await atTime('2026-11-27T01:00:00Z', async () =>
		askReporter(office.handler, reference, await on(reference, { body: 'Kursi yang mana?' }))
	);
	await sweepAt('2026-12-01T09:00:00Z');
	expect(await ofClocks(reference)).toEqual(['clock_alert']);
	await atTime('2026-12-02T01:00:00Z', async () =>
		writeToOffice((await readCase(reference)).id, { body: 'Di lantai dua.' })
	);
	expect((await clockOf(reference, 'verification'))?.dueAt?.toISOString()).toBe('2026-12-02T08:00:00.000Z');
	await sweepAt('2026-12-02T01:01:00Z');
	expect(await ofClocks(reference)).toEqual(['clock_alert', 'clock_alert']);
	expect(await noticesTo(office.handler)).toEqual(['clock_alert verification', 'clock_alert verification']);
});

test('does not notify of a deadline that was met', async () => {
	const reference = await inProgress();
	await atTime('2026-11-27T02:00:00Z', async () =>
		answerCase(office.handler, reference, await on(reference, { body: ANSWER }))
	);
	await sweepAt('2027-01-30T00:00:00Z');
	expect(await ofClocks(reference)).toEqual([]);
	expect(await noticesTo(office.handler)).toEqual([]);
});

test('does not notify people of a case that names them', async () => {
	const [officer, second] = [await makeOfficer(office.unit.id), await makeOfficer(office.unit.id)];
	const named = await handlerOf(office.unit, officer);
	const namedHead = await makeActor([[office.unit.id, 'supervisor']], second.id);
	const { reference } = await suggestion({ officer: officer.id });
	await atTime('2026-11-24T03:00:00Z', () => nameOfficer(office.handler, reference, second));
	// Also if the row still has one of them as assignee.
	await db().update(cases).set({ assigneeId: named.accountId }).where(eq(cases.reference, reference));
	await sweepAt('2026-12-05T00:00:00Z');
	expect(await noticesToEach(named, namedHead)).toEqual([[], []]);
	for (const person of [office.handler, office.supervisor])
		expect(await noticesTo(person)).toEqual(['clock_overdue first_reply', 'clock_overdue verification']);
});

test('notifies only the parent’s supervisors of a restricted case', async () => {
	const parentHandler = await handlerOf(office.root);
	const { reference } = await suggestion({ category: 'integrity' });
	expect((await readCase(reference)).restricted).toBe(true);
	await sweepAt('2026-11-27T00:00:00Z');
	expect(await noticesTo(office.rootSupervisor)).toEqual(['clock_alert verification']);
	expect(await noticesToEach(office.handler, office.supervisor, parentHandler)).toEqual([[], [], []]);
});

test('warns again for the later date after a change of class', async () => {
	const { reference } = await suggestion();
	// The warning is on the eleventh of fourteen days, 9 December.
	await sweepAt('2026-12-09T00:00:00Z');
	expect(await noticesTo(office.handler)).toContain('clock_warning solution');
	const verified = { category: 'cost', class: 'oversight', reason: 'Ada tanda kerugian.' };
	await atTime('2026-12-09T01:00:00Z', async () =>
		verifyCase(office.supervisor, reference, await on(reference, verified))
	);
	await sweepAt('2026-12-09T01:01:00Z');
	const warnings = async () => (await noticesTo(office.handler)).filter((told) => told === 'clock_warning solution');
	expect(await warnings()).toHaveLength(1);
	// The warning of sixty days is on the 45th.
	await sweepAt((await clockOf(reference, 'solution'))?.warnAt?.toISOString() ?? '');
	expect(await warnings()).toHaveLength(2);
});

test('a failing case does not block the others', async () => {
	const broken = await inProgress();
	// An invalid time zone, so that notifying of this office's cases fails.
	await withoutTriggers((tx) =>
		tx.update(units).set({ timeZone: 'Antah/Berantah' }).where(eq(units.id, office.unit.id))
	);
	Object.assign(office, await makeOffice());
	const reference = await inProgress();
	await sweepAt(WARNED);
	expect(await ofClocks(broken)).toEqual([]);
	expect(await ofClocks(reference)).toEqual(['clock_warning']);
});

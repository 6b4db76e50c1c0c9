import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { askReporter } from '#lib/server/cases/conversation/message.ts';
import { nameInCase } from '#lib/server/cases/officers/named.ts';
import { changeCalendar, changeOffice } from '#lib/server/cases/clocks/recount.ts';
import { sayToOffice } from '#lib/server/cases/conversation/report-back.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { db } from '#lib/server/db/index.ts';
import { calendarDays, clocks } from '#lib/server/db/schema/clocks.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { sweepClocks } from './clocks.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeCase, makeOfficer } from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/mail.ts';
import { isAway, lettersTo, toldTo, withAddress } from '#lib/dev/testing/notices.ts';
import {
	ANSWER,
	at,
	bringTo,
	clockOf,
	lastEntry,
	makeOffice,
	on,
	standing,
	story,
	type Office
} from '#lib/dev/testing/office.ts';
import { withoutTriggers } from '#lib/dev/testing/without-triggers.ts';

useFreshDatabase();
useMailServer();

let office: Office;
beforeEach(async () => {
	office = await makeOffice();
	overrideEnv({ ORIGIN: ['https://spatula.contoh.go.id'] });
	// Each test sweeps what it opened itself.
	await db().delete(notices);
	await db().update(clocks).set({ state: 'stopped' });
});

/** Tuesday, 10.00 in Makassar. */
const TUESDAY = '2026-11-24T02:00:00Z';
const sweepAt = (moment: string) => at(moment, sweepClocks);
/** A suggestion has the three clocks of the office and none of the law on complaints. */
const suggestion = (changes: Record<string, unknown> = {}) =>
	at(TUESDAY, () => makeCase(office.unit, { kind: 'suggestion', ...changes }));
/** Verified and given to the handler: a first reply is owed until Tuesday, 1 December. */
async function inProgress(): Promise<string> {
	const { reference } = await suggestion();
	await at('2026-11-24T03:00:00Z', () => bringTo(office, reference, 'in_progress'));
	return reference;
}
const ofClocks = async (reference: string) => (await story(reference)).filter((type) => type.startsWith('clock_'));

test('a warning goes to the assignee, an alert and a missed deadline to the supervisor too, each once and on its minute', async () => {
	const reference = await inProgress();
	const address = await withAddress(office.handler);
	await sweepAt('2026-11-29T23:59:00Z');
	expect(await ofClocks(reference)).toEqual([]);
	// The fourth of five days, 08.00.
	await sweepAt('2026-11-30T00:00:00Z');
	await sweepAt('2026-11-30T00:01:00Z');
	expect(await toldTo(office.handler)).toEqual(['clock_warning first_reply']);
	expect(await toldTo(office.supervisor)).toEqual([]);
	await sweepAt('2026-12-01T00:00:00Z');
	await sweepAt('2026-12-01T07:59:00Z');
	expect(await toldTo(office.handler)).toEqual(['clock_warning first_reply', 'clock_alert first_reply']);
	expect(await toldTo(office.supervisor)).toEqual(['clock_alert first_reply']);
	// At 16.00 sharp the promise can still be kept.
	await sweepAt('2026-12-01T08:00:00Z');
	expect(await ofClocks(reference)).toEqual(['clock_warning', 'clock_alert']);
	await sweepAt('2026-12-01T08:01:00Z');
	await sweepAt('2026-12-02T00:00:00Z');
	expect(await ofClocks(reference)).toEqual(['clock_warning', 'clock_alert', 'clock_overdue']);
	expect(await toldTo(office.supervisor)).toEqual(['clock_alert first_reply', 'clock_overdue first_reply']);
	expect(await toldTo(office.rootSupervisor)).toEqual([]);
	expect(await lastEntry(reference, 'clock_overdue')).toMatchObject({
		actorKind: 'system',
		public: false,
		data: { clock: 'first_reply', run: 1, due_at: '2026-12-01T08:00:00.000Z' }
	});
	expect((await lettersTo(address)).map(({ subject }) => subject)).toEqual([
		`Batas waktu mendekat: ${reference}`,
		`Segera jatuh tempo: ${reference}`,
		`Terlambat: ${reference}`
	]);
});

test('the letter holds number, kind, clock and date, and no word of the report', async () => {
	const { reference } = await suggestion({
		title: 'Kursi tunggu',
		body: 'Kursi di ruang tunggu kurang banyak sekali.'
	});
	await at('2026-11-24T03:00:00Z', () => bringTo(office, reference, 'in_progress'));
	const address = await withAddress(office.handler);
	await sweepAt('2026-11-30T00:00:00Z');
	const [letter] = await lettersTo(address);
	expect(letter?.body).toBe(`Yth. ${office.handler.name},

Saran ${reference}
Balasan pertama: batas waktu mendekat
Batas waktu: Selasa, 1 Desember 2026, 16.00 WITA

https://spatula.contoh.go.id/desk/cases/${reference}

--
Surat ini dibuat otomatis dan tidak perlu dibalas. Isi laporan dan data pelapor tidak dimuat di sini; buka tautannya dan masuk dengan akun Anda.
In English: a deadline is coming closer. Follow the link and sign in to read more.
`);
});

test('a case that nobody has is told to the handlers who are here, and where warning and alert fall together nobody is left out', async () => {
	const { reference } = await suggestion();
	const here = await makeActor([[office.unit.id, 'handler']]);
	await at('2026-11-27T00:00:00Z', () => isAway(office.handler));
	// Three days: warning and alert both stand at the start of the third.
	await sweepAt('2026-11-27T00:00:00Z');
	expect(await toldTo(here)).toEqual(['clock_alert verification']);
	expect(await toldTo(office.supervisor)).toEqual(['clock_alert verification']);
	expect(await toldTo(office.handler)).toEqual([]);
	expect(await ofClocks(reference)).toEqual(['clock_alert']);
});

test('an absent assignee is told, and so are the handlers who are here', async () => {
	await inProgress();
	const here = await makeActor([[office.unit.id, 'handler']]);
	await at('2026-11-30T00:00:00Z', () => isAway(office.handler));
	await sweepAt('2026-11-30T00:00:00Z');
	expect(await toldTo(office.handler)).toEqual(['clock_warning first_reply']);
	expect(await toldTo(here)).toEqual(['clock_warning first_reply']);
});

test('where the unit’s supervisor is absent the alert goes to the next unit’s', async () => {
	await inProgress();
	await at('2026-12-01T00:00:00Z', () => isAway(office.supervisor));
	await sweepAt('2026-12-01T00:00:00Z');
	expect(await toldTo(office.supervisor)).toEqual([]);
	expect(await toldTo(office.rootSupervisor)).toEqual(['clock_alert first_reply']);
});

test('two sweeps at once tell once', async () => {
	const reference = await inProgress();
	const address = await withAddress(office.handler);
	await at('2026-12-01T00:00:00Z', () => Promise.all([sweepClocks(), sweepClocks(), sweepClocks()]));
	expect(await toldTo(office.handler)).toEqual(['clock_alert first_reply']);
	expect(await ofClocks(reference)).toEqual(['clock_alert']);
	expect(await lettersTo(address)).toHaveLength(1);
});

test('after days without a sweep, notifies only of the last stage, and never again for an earlier due time', async () => {
	const reference = await inProgress();
	await sweepAt('2026-12-05T00:00:00Z');
	expect(await ofClocks(reference)).toEqual(['clock_overdue']);
	expect(await toldTo(office.handler)).toEqual(['clock_overdue first_reply']);
	for (const moment of ['2026-11-30T00:00:00Z', '2026-12-01T00:00:00Z', '2026-12-05T00:00:00Z']) await sweepAt(moment);
	expect(await ofClocks(reference)).toEqual(['clock_overdue']);
});

test('notifies once more of a deadline moved to a later day, but not when it moves back', async () => {
	const reference = await inProgress();
	const admin = await makeActor([[office.root.id, 'admin']]);
	await sweepAt('2026-12-01T00:00:00Z');
	const day = { type: 'day_set', day: '2026-12-01', kind: 'national', name: 'Hari pemilihan' };
	await at('2026-12-01T01:00:00Z', () => changeCalendar(admin, day));
	expect((await clockOf(reference, 'first_reply'))?.dueAt?.toISOString()).toBe('2026-12-02T08:00:00.000Z');
	// The warning of the new date is over already: on its fourth day, Monday.
	await sweepAt('2026-12-01T01:01:00Z');
	await sweepAt('2026-12-02T00:00:00Z');
	await sweepAt('2026-12-02T00:01:00Z');
	expect(await ofClocks(reference)).toEqual(['clock_alert', 'clock_warning', 'clock_alert']);
	const back = { type: 'day_removed', day: '2026-12-01', reason: 'Dicabut' };
	await at('2026-12-02T01:00:00Z', () => changeCalendar(admin, back));
	await sweepAt('2026-12-02T01:01:00Z');
	await at('2026-12-02T01:02:00Z', () => changeCalendar(admin, day));
	await sweepAt('2026-12-02T01:03:00Z');
	// Back on the 1st it is over, which nobody had been told; on the 2nd again nothing is new.
	expect(await ofClocks(reference)).toEqual(['clock_alert', 'clock_warning', 'clock_alert', 'clock_overdue']);
	await sweepAt('2026-12-02T08:01:00Z');
	expect((await ofClocks(reference)).filter((type) => type === 'clock_overdue')).toHaveLength(2);
	await db().delete(calendarDays).where(eq(calendarDays.day, '2026-12-01'));
});

test('another hour of the same day is no new date', async () => {
	const reference = await inProgress();
	const admin = await makeActor([[office.root.id, 'admin']]);
	await sweepAt('2026-12-01T00:00:00Z');
	const { slug, name, timeZone, accent, version } = office.unit;
	const hours = { start: '08:00', end: '16:30' };
	await at('2026-12-01T01:00:00Z', () =>
		changeOffice(admin, office.unit.id, version, { slug, name, timeZone, accent, hours, active: true })
	);
	expect((await clockOf(reference, 'first_reply'))?.dueAt?.toISOString()).toBe('2026-12-01T08:30:00.000Z');
	await sweepAt('2026-12-01T01:01:00Z');
	expect(await ofClocks(reference)).toEqual(['clock_alert']);
});

test('notifies of nothing while a question to the reporter is open, and again of the later date', async () => {
	const { reference } = await suggestion();
	await sweepAt('2026-11-27T00:00:00Z');
	await at('2026-11-27T01:00:00Z', async () =>
		askReporter(office.handler, reference, await on(reference, { body: 'Kursi yang mana?' }))
	);
	await sweepAt('2026-12-01T09:00:00Z');
	expect(await ofClocks(reference)).toEqual(['clock_alert']);
	await at('2026-12-02T01:00:00Z', async () => sayToOffice((await standing(reference)).id, { body: 'Di lantai dua.' }));
	expect((await clockOf(reference, 'verification'))?.dueAt?.toISOString()).toBe('2026-12-02T08:00:00.000Z');
	await sweepAt('2026-12-02T01:01:00Z');
	expect(await ofClocks(reference)).toEqual(['clock_alert', 'clock_alert']);
	expect(await toldTo(office.supervisor)).toEqual(['clock_alert verification', 'clock_alert verification']);
});

test('a kept promise tells nobody anything', async () => {
	const reference = await inProgress();
	await at('2026-11-27T02:00:00Z', async () =>
		answerCase(office.handler, reference, await on(reference, { body: ANSWER }))
	);
	await sweepAt('2027-01-30T00:00:00Z');
	expect(await ofClocks(reference)).toEqual([]);
	expect(await toldTo(office.handler)).toEqual([]);
});

test('nobody is told of a case that names them: the assignee of before, a handler, a supervisor', async () => {
	const officer = await makeOfficer(office.unit.id);
	const second = await makeOfficer(office.unit.id);
	const named = await makeActor([[office.unit.id, 'handler']], officer.id);
	const namedHead = await makeActor([[office.unit.id, 'supervisor']], second.id);
	const { reference } = await suggestion({ officer: officer.id });
	await at('2026-11-24T03:00:00Z', async () => {
		await nameInCase(office.handler, reference, await on(reference, { officer: second.id, action: 'add' }));
	});
	// Even where the row still names one of them as the assignee.
	await db().update(cases).set({ assigneeId: named.accountId }).where(eq(cases.reference, reference));
	await sweepAt('2026-12-05T00:00:00Z');
	expect(await toldTo(named)).toEqual([]);
	expect(await toldTo(namedHead)).toEqual([]);
	expect(await toldTo(office.handler)).toEqual(['clock_overdue first_reply', 'clock_overdue verification']);
	expect(await toldTo(office.supervisor)).toEqual(['clock_overdue first_reply', 'clock_overdue verification']);
});

test('a restricted case is told to the parent’s supervisors alone', async () => {
	const parentHandler = await makeActor([[office.root.id, 'handler']]);
	const { reference } = await suggestion({ category: 'integrity' });
	expect((await standing(reference)).restricted).toBe(true);
	await sweepAt('2026-11-27T00:00:00Z');
	expect(await toldTo(office.rootSupervisor)).toEqual(['clock_alert verification']);
	for (const blind of [office.handler, office.supervisor, parentHandler]) expect(await toldTo(blind)).toEqual([]);
});

test('a changed class that gives the case longer is warned of for its new date', async () => {
	const { reference } = await suggestion();
	// The eleventh of fourteen days is 9 December.
	await sweepAt('2026-12-09T00:00:00Z');
	expect(await toldTo(office.handler)).toContain('clock_warning solution');
	await at('2026-12-09T01:00:00Z', async () =>
		verifyCase(
			office.supervisor,
			reference,
			await on(reference, { category: 'cost', class: 'oversight', reason: 'Ada tanda kerugian.' })
		)
	);
	await sweepAt('2026-12-09T01:01:00Z');
	const warnings = async () => (await toldTo(office.handler)).filter((told) => told === 'clock_warning solution');
	expect(await warnings()).toHaveLength(1);
	// The 45th of sixty.
	await sweepAt((await clockOf(reference, 'solution'))?.warnAt?.toISOString() ?? '');
	expect(await warnings()).toHaveLength(2);
});

test('a case that fails holds up no other', async () => {
	const broken = await inProgress();
	// A zone that no machine knows: what is told of this office's cases can't be worked out.
	await withoutTriggers((tx) =>
		tx.update(units).set({ timeZone: 'Antah/Berantah' }).where(eq(units.id, office.unit.id))
	);
	office = await makeOffice();
	const reference = await inProgress();
	await sweepAt('2026-11-30T00:00:00Z');
	expect(await ofClocks(broken)).toEqual([]);
	expect(await ofClocks(reference)).toEqual(['clock_warning']);
});

import { eq, lte } from 'drizzle-orm';
import { describe, expect, it, test } from 'vitest';
import { DEFAULT_WORKDAY_HOURS } from '#lib/calendar/workday-hours.ts';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { handOverCase } from '#lib/server/cases/handling/hand-over.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { chooseNotices, NOTICE_CHOICES } from '#lib/server/channels/notice-choices.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { dueNotices } from '#lib/server/db/schema/notices.ts';
import { rosterShifts } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { notifiedAt, notifyOfLeftCases, sweepDueNotices } from './new-cases.ts';
import { notifyOfOfficesWithoutReaders, officesWithoutReaders } from './offices-without-readers.ts';
import {
	idOf,
	makeActor,
	makeCase,
	makeOfficer,
	makeOfficerWithAccount,
	makePlace,
	makeUnit
} from '#lib/dev/testing/factories.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import {
	countUnread,
	emailsTo,
	giveEmailAddress,
	markAbsent,
	noticesTo,
	noticesToEach,
	notifyOfTimeline,
	onlyEmailTo,
	switchOff
} from '#lib/dev/testing/notices.ts';
import { atTime, nameOfficer, on } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();
useMailServer();

// Thursday in Makassar (UTC+8), and the following Friday at 08:00.
const TEN = '2026-11-26T02:00:00Z';
const NIGHT = '2026-11-26T14:00:00Z';
const FRIDAY = '2026-11-27T00:00:00Z';

/** Opens a report at a time, and runs the job of its first entry. */
const opened = (moment: string, changes: Record<string, unknown> = {}) =>
	atTime(moment, async () => {
		const { reference } = await makeCase(office.unit, changes);
		await notifyOfTimeline(reference, { opening: true });
		return reference;
	});
const sweptAt = (moment: string) => atTime(moment, sweepDueNotices);
const assigned = (reference: string, who: Actor) =>
	atTime(NIGHT, async () => assignCase(office.supervisor, reference, await on(reference, { assignee: who.accountId })));

test('finds the moment in working hours, and 08:00 of the next working day outside them', async () => {
	const calendar = await loadCalendar();
	const early = { ...DEFAULT_WORKDAY_HOURS, start: '07:30' };
	const late = { ...DEFAULT_WORKDAY_HOURS, start: '09:00' };
	const moment = (local: string, hours = DEFAULT_WORKDAY_HOURS) => {
		const office = { timeZone: 'Asia/Makassar', hours };
		return notifiedAt(new Date(`${local}+08:00`), office, calendar).toISOString();
	};
	const utc = (local: string) => new Date(`${local}+08:00`).toISOString();
	expect(moment('2026-11-26T10:00')).toBe(utc('2026-11-26T10:00'));
	expect(moment('2026-11-26T06:00')).toBe(utc('2026-11-26T08:00'));
	expect(moment('2026-11-26T07:40', early)).toBe(utc('2026-11-26T07:40'));
	expect(moment('2026-11-26T08:30', late)).toBe(utc('2026-11-26T08:30'));
	expect(moment('2026-11-26T16:00')).toBe(utc('2026-11-27T08:00'));
	// Friday evening, and the days off of Christmas 2026.
	expect(moment('2026-11-27T22:00')).toBe(utc('2026-11-30T08:00'));
	expect(moment('2026-12-24T10:00')).toBe(utc('2026-12-28T08:00'));
});

describe('a new report without an assignee', () => {
	it('is notified to the handlers at once in working hours, by notice and e-mail, once and without its text', async () => {
		const address = await giveEmailAddress(office.handler);
		const reference = await opened(TEN, { body: 'Kursi di ruang tunggu kurang banyak sekali.' });
		await atTime(TEN, () => notifyOfTimeline(reference, { opening: true }));
		await sweptAt('2026-11-26T02:01:00Z');
		expect(await noticesToEach(office.handler, office.supervisor)).toEqual([['new_case'], []]);
		const { subject, body } = await onlyEmailTo(address);
		expect(subject).toBe(`Laporan baru tanpa penangan: ${reference}`);
		expect(body).not.toContain('Kursi');
	});

	it('waits at night for 08:00, also if everything was restarted in between', async () => {
		const address = await giveEmailAddress(office.handler);
		await opened(NIGHT);
		expect(
			await db()
				.select()
				.from(dueNotices)
				.where(lte(dueNotices.at, new Date(FRIDAY)))
		).toHaveLength(1);
		await sweptAt('2026-11-26T23:59:00Z');
		expect(await noticesTo(office.handler)).toEqual([]);
		await sweptAt(FRIDAY);
		await sweptAt('2026-11-27T00:01:00Z');
		expect(await noticesTo(office.handler)).toEqual(['new_case']);
		await onlyEmailTo(address);
	});

	it('is not notified if somebody takes it before, and the notice is done when somebody takes it later', async () => {
		await assigned(await opened(NIGHT), office.supervisor);
		await sweptAt(FRIDAY);
		expect(await noticesTo(office.handler)).toEqual([]);
		const reference = await opened(TEN);
		expect(await countUnread(office.handler)).toBe(1);
		await assigned(reference, office.supervisor);
		await notifyOfTimeline(reference);
		expect(await countUnread(office.handler)).toBe(0);
	});

	it('is notified to the handlers on the roster of the day; absent ones are left out, and without any to the supervisors', async () => {
		const officer = await makeOfficer(office.unit.id);
		const rostered = await makeActor([[office.unit.id, 'handler']], officer.id);
		const desk = await makePlace(office.unit.id, { kind: 'desk' });
		await db()
			.insert(rosterShifts)
			.values({ placeId: desk.id, officerId: officer.id, weekday: 4, startsAt: '13:00', endsAt: '15:00' });
		await opened(TEN);
		await opened(NIGHT);
		await sweptAt(FRIDAY);
		expect(await noticesToEach(rostered, office.handler)).toEqual([['new_case', 'new_case'], ['new_case']]);
		await atTime(TEN, () => markAbsent(rostered));
		await opened(TEN);
		expect(await noticesTo(office.handler)).toEqual(['new_case', 'new_case']);
		await atTime(TEN, () => markAbsent(office.handler));
		await opened(TEN);
		expect(await noticesToEach(rostered, office.handler, office.supervisor)).toMatchObject([
			{ length: 2 },
			{ length: 2 },
			['new_case']
		]);
	});

	it('is never notified to an officer whom it names; one about integrity only to supervisors above', async () => {
		const officer = await makeOfficer(office.unit.id);
		const named = await makeActor([[office.unit.id, 'handler']], officer.id);
		await opened(TEN, { officer: officer.id });
		expect(await noticesToEach(named, office.handler)).toEqual([[], ['new_case']]);
		await opened(TEN, { category: 'integrity' });
		const plain = await opened(TEN, { kind: 'suggestion' });
		await atTime(TEN, async () => {
			await verifyCase(office.handler, plain, await on(plain, { category: 'integrity', class: 'plain' }));
			await notifyOfTimeline(plain);
		});
		expect(await noticesToEach(office.supervisor, office.rootSupervisor)).toEqual([[], ['new_case', 'new_case']]);
		expect((await noticesTo(office.handler)).length).toBe(2);
	});

	it('is notified to the supervisors after one working day without verification, unless somebody has it', async () => {
		await db().delete(dueNotices);
		const reference = await opened(TEN);
		const verified = await opened(TEN);
		await atTime(TEN, async () =>
			verifyCase(office.handler, verified, await on(verified, { category: 'time', class: 'plain' }))
		);
		await assigned(await opened(TEN), office.handler);
		await sweptAt('2026-11-27T07:59:00Z');
		expect(await noticesTo(office.supervisor)).toEqual([]);
		await sweptAt('2026-11-27T08:00:00Z');
		expect(await noticesTo(office.supervisor)).toEqual(['unverified']);
		expect(await db().select().from(dueNotices)).toEqual([]);
		await atTime(NIGHT, async () =>
			verifyCase(office.handler, reference, await on(reference, { category: 'time', class: 'plain' }))
		);
		await notifyOfTimeline(reference);
		expect(await countUnread(office.supervisor)).toBe(0);
	});

	it('is notified in the office to which it is moved, and not to the person who moved it', async () => {
		const other = await makeUnit({ parent: office.root });
		const theirs = await makeActor([[other.id, 'handler']]);
		const reference = await opened(TEN);
		await atTime(TEN, async () => {
			await handOverCase(
				office.rootSupervisor,
				reference,
				await on(reference, { unit: other.code, reason: 'Salah alamat.' })
			);
			await notifyOfTimeline(reference);
		});
		expect(await noticesToEach(theirs, office.rootSupervisor)).toEqual([['new_case'], []]);
	});

	it('is notified in the office above to which it moves because it names everybody at its office', async () => {
		const unit = await makeUnit({ parent: office.root });
		const [officer] = await makeOfficerWithAccount(unit.id);
		const above = await makeActor([[office.root.id, 'handler']]);
		const supervisor = await makeActor([[office.root.id, 'supervisor']]);
		await atTime(TEN, async () => {
			const { reference } = await makeCase(unit);
			await notifyOfTimeline(reference, { opening: true });
			await nameOfficer(supervisor, reference, officer);
			await notifyOfTimeline(reference);
		});
		expect(await noticesToEach(above, supervisor)).toEqual([['new_case'], []]);
	});

	it('is notified again when it comes back to the office, and when naming its assignee leaves it without one', async () => {
		const other = await makeUnit({ parent: office.root });
		await makeActor([[other.id, 'handler']]);
		const above = await makeActor([[office.root.id, 'supervisor']]);
		const reference = await opened(TEN);
		for (const { code } of [other, office.unit])
			await atTime(TEN, async () => {
				const move = { unit: code, reason: 'Salah alamat.' };
				await handOverCase(above, reference, await on(reference, move));
				await notifyOfTimeline(reference);
			});
		expect(await noticesTo(office.handler)).toEqual(['new_case', 'new_case']);
		const [officer, named] = await makeOfficerWithAccount(office.unit.id);
		await assigned(reference, named);
		await atTime(TEN, async () => {
			await nameOfficer(office.supervisor, reference, officer);
			await notifyOfTimeline(reference);
			await notifyOfTimeline(reference);
		});
		expect((await noticesTo(office.handler)).filter((kind) => kind === 'new_case')).toHaveLength(3);
	});

	it('is notified to the supervisors one working day after its assignee left, whatever access changes in between', async () => {
		await db().delete(dueNotices);
		const leaver = await makeActor([[office.unit.id, 'handler']]);
		const { reference } = await atTime(TEN, () => makeCase(office.unit));
		await atTime(TEN, async () =>
			assignCase(office.supervisor, reference, await on(reference, { assignee: leaver.accountId }))
		);
		await atTime(TEN, () => switchOff(leaver));
		await atTime(TEN, notifyOfLeftCases);
		await atTime('2026-11-27T01:00:00Z', notifyOfLeftCases);
		await sweptAt('2026-11-27T08:00:00Z');
		expect(await noticesToEach(office.handler, office.supervisor)).toEqual([['new_case'], ['unverified']]);
		await atTime('2026-11-27T09:00:00Z', notifyOfLeftCases);
		await sweptAt('2026-11-30T09:00:00Z');
		expect(await noticesTo(office.supervisor)).toEqual(['unverified']);
	});

	it('is notified only at the desk to people who switched these e-mails off', async () => {
		const address = await giveEmailAddress(office.handler);
		await chooseNotices(office.handler, { wanted: NOTICE_CHOICES.filter((choice) => choice !== 'new_case') });
		await opened(TEN);
		expect(await noticesTo(office.handler)).toEqual(['new_case']);
		expect(await emailsTo(address)).toEqual([]);
	});
});

test('administrators get a notice of an office where nobody gets notices of new cases, until somebody does', async () => {
	const root = await makeUnit();
	const unit = await makeUnit({ parent: root });
	const [admin, above] = [await makeActor([[unit.id, 'admin']]), await makeActor([[root.id, 'admin']])];
	await notifyOfOfficesWithoutReaders();
	await notifyOfOfficesWithoutReaders();
	expect(await noticesToEach(admin, above)).toEqual([['office_without_readers'], ['office_without_readers']]);
	const handler = await makeActor([[unit.id, 'handler']]);
	const without = async () => (await officesWithoutReaders()).map(({ id }) => id);
	expect(await without()).toEqual(expect.arrayContaining([root.id, unit.id]));
	await db()
		.update(accounts)
		.set({ passwordHash: 'set' })
		.where(eq(accounts.id, idOf(handler)));
	expect(await without()).toContain(root.id);
	expect(await without()).not.toContain(unit.id);
	await notifyOfOfficesWithoutReaders();
	expect([await countUnread(admin), await countUnread(above)]).toEqual([0, 1]);
	await switchOff(handler);
	await atTime('2027-01-04T02:00:00Z', notifyOfOfficesWithoutReaders);
	expect(await noticesToEach(admin, above)).toEqual([
		['office_without_readers', 'office_without_readers'],
		['office_without_readers']
	]);
});

import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { parseReceipt } from '#lib/text/receipt-format.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments, caseOfficers, cases, timeline } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { addWeekShifts } from '#lib/server/places/roster-shifts.ts';
import {
	caseOf,
	makeActor,
	makeCase,
	makeOfficer,
	makeOfficerWithAccount,
	makePlace,
	makeUnit
} from '#lib/dev/testing/factories.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { atTime, clockOf, lastEntry, makeOffice, readCase, rowsOfCase } from '#lib/dev/testing/office.ts';
import { caseForActor } from './find.ts';
import { openCase, PRINT_SECONDS } from './open-case.ts';
import { renewReceipt } from './conversation/contact.ts';
import { decryptReporter } from './reporter.ts';
import { caseByReceipt } from './find-by-receipt.ts';

const web = { by: 'form', channel: 'web' } as const;
const casesOf = (unitId: string) => db().select().from(cases).where(eq(cases.unitId, unitId)).orderBy(cases.id);
const twenty = Array.from({ length: 20 }, (_, index) => index);

describe('a submission', () => {
	test('sent twenty times at once creates one row and one receipt', async () => {
		const unit = await makeUnit();
		const input = caseOf(unit);
		const responses = await Promise.all(twenty.map(() => openCase(input, web)));
		expect(await casesOf(unit.id)).toHaveLength(1);
		expect(new Set(responses.map((response) => response.receipt)).size).toBe(1);
		expect(new Set(responses.map((response) => response.reference)).size).toBe(1);
		expect(new Set(responses.map((response) => response.dueAt?.getTime())).size).toBe(1);
		expect(responses.filter((response) => !response.repeated)).toHaveLength(1);
	});

	test('repeated with the usual channel instead of none is the same submission', async () => {
		const { unit, handler } = await makeOffice();
		const [input, context] = [caseOf(unit), { by: 'api' as const, actor: handler }];
		const first = await openCase(input, context);
		expect(await openCase({ ...input, channel: 'api' }, context)).toEqual({ ...first, repeated: true });
	});

	test('repeated much later gets the same response, with the first due time', async () => {
		const unit = await makeUnit();
		const input = caseOf(unit);
		const first = await atTime('2026-11-24T02:00:00Z', () => openCase(input, web));
		const again = await atTime('2026-12-20T02:00:00Z', () => openCase(input, web));
		expect(again).toEqual({ ...first, repeated: true });
	});

	test('with other content is refused and shows nothing of the first submission', async () => {
		const unit = await makeUnit();
		const input = caseOf(unit);
		await openCase(input, web);
		const other = openCase({ ...input, body: 'Ini laporan lain dengan tanda kirim yang sama.' }, web);
		await expect(other).rejects.toMatchObject({ name: 'Conflict', code: 'submission-reused', present: {} });
		expect(await casesOf(unit.id)).toHaveLength(1);
	});

	test('sent twice at once with different content is stored once and refused once', async () => {
		const unit = await makeUnit();
		const input = caseOf(unit);
		const both = await Promise.allSettled([
			openCase(input, web),
			openCase({ ...input, body: 'Ini laporan lain dengan tanda kirim yang sama.' }, web)
		]);
		expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(await casesOf(unit.id)).toHaveLength(1);
	});

	test('with other photos counts as other content', async () => {
		const unit = await makeUnit();
		const input = caseOf(unit);
		const photo = async (width: number) => ({
			name: 'antrean.jpg',
			type: 'image/jpeg',
			bytes: await fourColourImage(width, 60).jpeg().toBuffer()
		});
		const first = await openCase(input, { ...web, files: [await photo(80)] });
		expect(await openCase(input, { ...web, files: [await photo(80)] })).toEqual({ ...first, repeated: true });
		const other = openCase(input, { ...web, files: [await photo(90)] });
		await expect(other).rejects.toMatchObject({ code: 'submission-reused' });
		expect(await db().select().from(attachments)).toHaveLength(1);
	});
});

describe('numbers', () => {
	test('have no gaps if many cases are opened at once and some fail', async () => {
		const unit = await makeUnit();
		const foreign = await makeOfficer((await makeUnit()).id);
		const repeated = caseOf(unit);
		const results = await Promise.allSettled(
			twenty.map((index) => {
				if (index % 5 === 1) return openCase(caseOf(unit, { officer: foreign.id }), web);
				if (index % 5 === 2) return openCase(repeated, web);
				return openCase(caseOf(unit, { submission_id: crypto.randomUUID() }), web);
			})
		);
		expect(results.filter((one) => one.status === 'rejected')).toHaveLength(4);
		const numbers = (await casesOf(unit.id)).map((row) => Number(row.reference.slice(-6)));
		expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
	});

	test('start again with the local year of the unit', async () => {
		const unit = await makeUnit({ timeZone: 'Asia/Makassar' });
		const old = await atTime('2026-12-31T15:59:00Z', () => makeCase(unit));
		const nextYear = await atTime('2026-12-31T16:01:00Z', () => makeCase(unit));
		expect(old.reference).toBe(`SPATULA-${unit.code}-26-000001`);
		expect(nextYear.reference).toBe(`SPATULA-${unit.code}-27-000001`);
	});
});

describe('the receipt', () => {
	test('opens the case, and only its keyed hash is stored', async () => {
		const unit = await makeUnit();
		const { receipt, reference } = await makeCase(unit);
		expect('ok' in parseReceipt(receipt ?? '')).toBe(true);
		const row = await readCase(reference);
		expect(await caseByReceipt(receipt ?? '')).toMatchObject({ caseId: row.id });
		expect(JSON.stringify(row)).not.toContain((receipt ?? '').replaceAll('-', ''));
	});

	test('of a case recorded at the desk is given again for five minutes, to the account that recorded it', async () => {
		const { unit, handler, supervisor } = await makeOffice();
		const input = caseOf(unit, { channel: 'walk_in' });
		const desk = { by: 'staff', actor: handler } as const;
		const first = await openCase(input, desk);
		expect(first.receipt).not.toBeNull();
		expect(await openCase(input, desk)).toEqual({ ...first, repeated: true });
		expect(await openCase(input, { ...desk, actor: supervisor })).toMatchObject({ receipt: null, repeated: true });
		const later = new Date(Date.now() + PRINT_SECONDS * 1000);
		expect(await atTime(later, () => openCase(input, desk))).toMatchObject({ receipt: null, repeated: true });
		// The citizens' form repeats a receipt at any time, but not this one.
		const byForm = await openCase(input, web);
		await expect(caseByReceipt(byForm.receipt ?? '')).rejects.toMatchObject({ issues: [{ code: 'receipt_unknown' }] });
	});

	test('of a case recorded at the desk is not given again once it was renewed', async () => {
		const { unit, handler } = await makeOffice();
		const reporter = { name: 'Andi Contoh', phone: '081234567890' };
		const input = caseOf(unit, { channel: 'walk_in', identity: 'named', reporter });
		const desk = { by: 'staff', actor: handler } as const;
		const { reference } = await openCase(input, desk);
		await renewReceipt(handler, reference, { reason: 'Menunjukkan KTP di loket.' });
		expect(await openCase(input, desk)).toMatchObject({ receipt: null, repeated: true });
	});
});

describe('an opened case', () => {
	test('has the channel and time of its form; a citizen cannot claim others', async () => {
		const unit = await makeUnit();
		const { reference } = await atTime('2026-11-24T02:00:00Z', () =>
			makeCase(unit, { channel: 'walk_in', received_at: '2026-11-01T02:00:00Z' })
		);
		const row = await readCase(reference);
		expect(row).toMatchObject({ channel: 'web', receivedAt: new Date('2026-11-24T02:00:00Z'), openedBy: null });
	});

	test('recorded at the desk has the given channel and time of arrival, and deadlines count from then', async () => {
		const { unit, handler } = await makeOffice();
		const { reference } = await atTime('2026-11-26T02:00:00Z', () =>
			makeCase(unit, { channel: 'box', received_at: '2026-11-24T09:00:00+08:00' }, { by: 'staff', actor: handler })
		);
		expect(await readCase(reference)).toMatchObject({ channel: 'box', openedBy: handler.accountId });
		expect((await clockOf(reference, 'first_reply'))?.dueAt).toEqual(new Date('2026-12-01T08:00:00Z'));
		expect((await lastEntry(reference, 'opened'))?.actorKind).toBe('staff');
	});

	test.each([
		['channel', undefined, 'channel_invalid'],
		['received_at', '2026-11-25T02:00:00Z', 'received_at_ahead'],
		['received_at', '2024-11-01T02:00:00Z', 'received_at_old'],
		['incident_on', '2026-11-25', 'date_ahead']
	])('is refused with the %s %s', async (path, moment, code) => {
		const { unit, handler } = await makeOffice();
		const refused = atTime('2026-11-24T02:00:00Z', () =>
			makeCase(unit, { channel: 'box', [path]: moment }, { by: 'staff', actor: handler })
		);
		await expect(refused).rejects.toMatchObject({ issues: [{ path, code }] });
	});

	test('stores no personal data for identity none, and a name is refused', async () => {
		const unit = await makeUnit();
		const { reference } = await makeCase(unit);
		expect(await readCase(reference)).toMatchObject({ reporterSealed: null, reporterHash: null, consentLapor: false });
		const both = makeCase(unit, { reporter: { name: 'Andi Contoh' } });
		await expect(both).rejects.toMatchObject({ issues: [{ path: 'reporter', code: 'reporter_not_with_none' }] });
	});

	test('stores the reporter encrypted and recognises the same phone in every spelling', async () => {
		const unit = await makeUnit();
		const named = (phone: string) => makeCase(unit, { identity: 'named', reporter: { name: 'Andi Contoh', phone } });
		const rows = [await named('0812 3456 7890'), await named('+62 812-3456-7890')];
		const [first, second] = await Promise.all(rows.map((row) => readCase(row.reference)));
		expect(first?.reporterHash).toBe(second?.reporterHash);
		expect(first?.reporterSealed).not.toContain('Andi');
		expect(await decryptReporter(first?.reporterSealed ?? null)).toMatchObject({
			name: 'Andi Contoh',
			phone: '081234567890'
		});
	});

	test('hides the photo of a paper form from the reporter', async () => {
		const { unit, handler } = await makeOffice();
		const paper = { name: 'kertas.jpg', type: 'image/jpeg', bytes: await fourColourImage(80, 60).jpeg().toBuffer() };
		const desk = { by: 'staff', actor: handler, files: [paper] } as const;
		const { reference } = await makeCase(unit, { channel: 'box' }, desk);
		const kept = await rowsOfCase(attachments, reference);
		expect(kept).toMatchObject([{ public: false }]);
	});

	test('has one timeline entry and running deadlines', async () => {
		const unit = await makeUnit();
		const place = await makePlace(unit.id);
		const { reference, dueAt } = await makeCase(unit, { place: place.code }, { channel: 'qr' });
		const row = await readCase(reference);
		expect(row).toMatchObject({ status: 'received', class: 'plain', placeId: place.id, channel: 'qr', version: 1 });
		const entries = await db().select().from(timeline).where(eq(timeline.caseId, row.id));
		expect(entries).toMatchObject([{ seq: 1, type: 'opened', actorKind: 'reporter', public: true }]);
		expect(dueAt).toEqual((await clockOf(reference, 'first_reply'))?.dueAt);
	});

	test.each([
		['an unknown office', { unit: 'tidak-ada' }, { name: 'NotFound' }],
		['a text that is too short', { body: 'Lambat.' }, { issues: [{ path: 'body', code: 'body_short' }] }],
		['a place of another office', { place: 'ZZZZZZ' }, { issues: [{ path: 'place', code: 'place_invalid' }] }]
	])('is refused with %s and not stored', async (_, changes, refusal) => {
		const unit = await makeUnit();
		await expect(makeCase(unit, changes)).rejects.toMatchObject(refusal);
		expect(await casesOf(unit.id)).toHaveLength(0);
	});

	test('is handled by its own unit, even if an account of another unit opened it', async () => {
		const unit = await makeUnit();
		const stranger = await makeActor([[(await makeUnit()).id, 'handler']]);
		const { reference } = await makeCase(unit, {}, { by: 'api', actor: stranger });
		expect((await readCase(reference)).handlingUnitId).toBe(unit.id);
	});
});

describe('a report by the code of a desk', () => {
	/** An office with a desk and an officer with an account on Wednesdays from 08:00 to 12:00, a second to 16:00. */
	async function makeDesk() {
		const unit = await makeUnit();
		const admin = await makeActor([[unit.id, 'admin']]);
		const owner = await makeOfficer(unit.id);
		const [morning, account] = await makeOfficerWithAccount(unit.id);
		const afternoon = await makeOfficer(unit.id);
		const desk = await makePlace(unit.id, { kind: 'desk', officerId: owner.id });
		for (const [{ id: officerId }, startsAt, endsAt] of [
			[morning, '08:00', '12:00'],
			[afternoon, '12:00', '16:00']
		] as const)
			await addWeekShifts(admin, desk.id, { officerId, startsAt, endsAt, weekdays: ['3'] });
		const openedAt = (moment: string, changes = {}, actor: Actor | null = null) =>
			atTime(moment, () =>
				makeCase(unit, { place: desk.code, channel: 'box', ...changes }, actor ? { by: 'staff', actor } : {})
			);
		const namedAt = async (...opened: Parameters<typeof openedAt>) => {
			const rows = await rowsOfCase(caseOfficers, (await openedAt(...opened)).reference);
			return new Map(rows.map(({ officerId, state }) => [officerId, state]));
		};
		return { unit, owner, morning, afternoon, account, openedAt, namedAt };
	}

	// A Wednesday, 10:00, 13:00 and 16:30 in Makassar.
	const [TEN, ONE, LATE] = ['2026-11-25T02:00:00Z', '2026-11-25T05:00:00Z', '2026-11-25T08:30:00Z'];

	test('proposes the officer on duty there, or the last one within an hour', async () => {
		const { unit, owner, morning, afternoon, account, openedAt, namedAt } = await makeDesk();
		const handler = await makeActor([[unit.id, 'handler']]);
		const named = [owner.id, 'named'] as const;
		const proposed = [afternoon.id, 'proposed'] as const;
		expect(await namedAt(TEN)).toEqual(new Map([named, [morning.id, 'proposed']]));
		expect(await namedAt(ONE)).toEqual(new Map([named, proposed]));
		expect(await namedAt(LATE)).toEqual(new Map([named, proposed]));
		expect(await namedAt('2026-11-25T09:01:00Z')).toEqual(new Map([named]));
		expect(await namedAt('2026-11-26T02:00:00Z')).toEqual(new Map([named]));
		// The roster is not asked if the citizen chose an officer, or if staff recorded the report.
		expect(await namedAt(TEN, { officer: afternoon.id })).toEqual(new Map([named, [afternoon.id, 'named']]));
		expect(await namedAt(TEN, {}, handler)).toEqual(new Map([named]));
		const { reference } = await openedAt(TEN);
		await expect(caseForActor(account, reference)).rejects.toMatchObject({ name: 'NotFound' });
		await caseForActor(handler, reference);
	});

	test('hides from no officer if nobody else could open it', async () => {
		const { owner, account, openedAt, namedAt } = await makeDesk();
		expect(await namedAt(TEN)).toEqual(new Map([[owner.id, 'named']]));
		await caseForActor(account, (await openedAt(TEN)).reference);
	});
});

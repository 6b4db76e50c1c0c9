import { eq, sql } from 'drizzle-orm';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { now, withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments, cases, messages } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { NotFound } from '#lib/server/errors.ts';
import { caseOf, makeActor, makeCase, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { nameOfficer, seenByReporter } from '#lib/dev/testing/office.ts';
import { noisyPhoto, phonePhoto } from '#lib/dev/testing/photos.ts';
import { receiptPageFacts } from './receipt-page.ts';
import { caseForReporter } from './find.ts';
import { caseByReceipt, markSeen } from './find-by-receipt.ts';
import { attachmentForActor, attachmentForReporter } from './files.ts';
import { recognisableReporter } from './reporter.ts';
import { openCase } from './open-case.ts';
import { firstReplyPromise, handlingLimits } from './clocks/view-clocks.ts';

let unit: Awaited<ReturnType<typeof makeUnit>>;
beforeAll(async () => {
	unit = await makeUnit({ code: '7604' });
});

const receiptPageOf = async (receipt?: string | null) => receiptPageFacts((await caseByReceipt(receipt ?? '')).found);

describe('the due time shown before sending', () => {
	test('is the one that the report gets when it is sent, also around holidays', async () => {
		// Thursday, 24 December 2026 is joint leave, Friday is a holiday, and then comes the weekend.
		const clock = () => new Date('2026-12-22T20:00:00+08:00');
		for (const kind of ['complaint', 'suggestion', 'information_request'] as const) {
			const promised = await withClock(clock, () => firstReplyPromise(unit, kind));
			const opened = await withClock(clock, () => makeCase(unit, { kind }));
			expect(promised).toMatchObject({ days: 5, dayUnit: 'working', provisional: false });
			expect(opened.dueAt).toEqual(promised?.dueAt);
			expect(promised?.dueAt.toISOString()).toBe('2026-12-31T08:00:00.000Z');
			const limits = await withClock(clock, () => handlingLimits(kind));
			expect(limits).toContainEqual({ name: 'first_reply', days: 5, dayUnit: 'working' });
			const { steps } = await receiptPageOf(opened.receipt);
			expect(limits.map(({ name }) => name)).toEqual(steps.map(({ name }) => name));
		}
	});

	test('is the legal deadline in calendar days if that is earlier than the fifth working day, also on the receipt', async () => {
		// Joint leave and holidays from Monday, 8 to Monday, 15 March 2027. The fifth working day is the 16th. The
		// legal 14 days end on the 15th, a day off, so the deadline is the working day before: Friday, 5 March.
		const clock = () => new Date('2027-03-01T09:00:00+08:00');
		const byLaw = new Date('2027-03-05T16:00:00+08:00');
		const promised = await withClock(clock, () => firstReplyPromise(unit, 'complaint'));
		expect(promised).toMatchObject({ days: 14, dayUnit: 'calendar', dueAt: byLaw });
		const input = { kind: 'complaint', submission_id: crypto.randomUUID() } as const;
		const opened = await withClock(clock, () => makeCase(unit, input));
		const { promisedAt, steps } = await receiptPageOf(opened.receipt);
		expect(promisedAt).toEqual(byLaw);
		expect(steps.find(({ name }) => name === 'first_reply')?.dueAt).toEqual(byLaw);
		// The API returns the deadline in working days, also for a repeated submission.
		const repeated = await withClock(clock, () => makeCase(unit, input));
		for (const { dueAt } of [opened, repeated]) expect(dueAt).toEqual(new Date('2027-03-16T16:00:00+08:00'));
	});

	test('is the new day on the receipt after a decree has moved it', async () => {
		const { receipt } = await makeCase(unit);
		const tracked = await caseByReceipt(receipt ?? '');
		const dueAt = new Date('2028-01-05T16:00:00+08:00');
		await db().update(clocks).set({ dueAt, provisional: true }).where(eq(clocks.caseId, tracked.caseId));
		expect(await receiptPageOf(receipt)).toMatchObject({ promisedAt: dueAt, provisional: true });
	});

	test('is provisional if it is in a year without a holiday decree', async () => {
		const promised = await withClock(
			() => new Date('2027-12-30T10:00:00+08:00'),
			() => firstReplyPromise(unit, 'complaint')
		);
		expect(promised?.provisional).toBe(true);
	});
});

test('the report shows its reporter the stored name and the last four digits of the phone number', async () => {
	const stored = async (input: Parameters<typeof makeCase>[1]) => {
		const { receipt } = await makeCase(unit, input);
		const { row } = await caseForReporter(await caseByReceipt(receipt ?? ''));
		return recognisableReporter(row);
	};
	const reporter = { name: 'Siti Contoh', phone: '080012345678' };
	for (const identity of ['named', 'withheld'] as const)
		expect(await stored({ identity, reporter })).toBe('Siti Contoh · ***5678');
	expect(await stored({ identity: 'none' })).toBeNull();
});

test('the report shows what its reporter chose in the form, and nothing that staff chose or added', async () => {
	const [officer, other] = [await makeOfficer(unit.id), await makeOfficer(unit.id)];
	const place = await makePlace(unit.id, { kind: 'desk', officerId: officer.id });
	const input = { service: 'library', officer: officer.id, incident_on: '2026-10-05', place: place.id };
	const { reference } = await makeCase(unit, input);
	const handler = await makeActor([[unit.id, 'handler']]);
	await nameOfficer(handler, reference, other);
	const chosen = { service: 'library', officer: officer.name, incidentOn: '2026-10-05', place: place.name };
	expect((await seenByReporter(reference)).chosen).toEqual(chosen);
	const recorded = await openCase(caseOf(unit, { ...input, channel: 'walk_in' }), { by: 'staff', actor: handler });
	expect((await seenByReporter(recorded.reference)).chosen).toBeNull();
});

describe('the confirmation after sending', () => {
	test('has the number, the due times and the first words, never the receipt', async () => {
		const body = `Petugas tidak ada di meja sejak pagi. ${'Kami menunggu lama. '.repeat(40)}`;
		const opened = await makeCase(unit, { body });
		const confirmation = await receiptPageOf(opened.receipt);
		expect(confirmation).toMatchObject({
			reference: opened.reference,
			files: 0,
			promisedAt: opened.dueAt
		});
		expect(confirmation.steps.map((step) => step.name)).toEqual(['verification', 'first_reply', 'solution']);
		expect(confirmation.summary.startsWith('Petugas tidak ada di meja')).toBe(true);
		expect(confirmation.summary.length).toBeLessThanOrEqual(162);
		expect(JSON.stringify(confirmation)).not.toContain(opened.receipt);
	});

	test('says that a lost receipt can be replaced only if the name is given openly', async () => {
		const reporter = { name: 'Siti', phone: '081234567890' };
		for (const identity of ['named', 'withheld', 'none'] as const) {
			const input = identity === 'none' ? { identity } : { identity, reporter };
			const { receipt } = await makeCase(unit, input);
			const { renewable } = await receiptPageOf(receipt);
			expect(renewable, identity).toBe(identity === 'named');
		}
	});
});

test('a replaced receipt opens nothing', async () => {
	const tracked = await caseByReceipt((await makeCase(unit)).receipt ?? '');
	await expect(caseForReporter({ ...tracked, receiptHash: 'another' })).rejects.toThrow(NotFound);
});

describe('a file of a report', () => {
	async function withPhoto(photo?: Buffer) {
		const bytes = photo ?? (await phonePhoto('jpeg'));
		const opened = await makeCase(unit, {}, { files: [{ name: 'loket.jpg', type: 'image/jpeg', bytes }] });
		const tracked = await caseByReceipt(opened.receipt ?? '');
		const [file] = await db().select().from(attachments).where(eq(attachments.caseId, tracked.caseId));
		return { tracked, id: file?.id ?? '' };
	}

	test('has a thumbnail for lists, which the same people may read', async () => {
		const { tracked, id } = await withPhoto(await noisyPhoto(1800, 1200));
		const kept = await attachmentForReporter(tracked, id);
		const small = await attachmentForReporter(tracked, id, 'thumbnail');
		expect(small).toMatchObject({ name: 'Foto 1.jpg', mediaType: 'image/jpeg' });
		expect(await sharp(small.bytes).metadata()).toMatchObject({ width: 288, height: 216 });
		expect(small.bytes.length).toBeLessThan(kept.bytes.length / 10);
		const other = await caseByReceipt((await makeCase(unit)).receipt ?? '');
		await expect(attachmentForReporter(other, id, 'thumbnail')).rejects.toThrow(NotFound);
	});

	test('is readable for its reporter and for staff who may see the case, and gives NotFound for all others', async () => {
		const { tracked, id } = await withPhoto();
		expect(await attachmentForReporter(tracked, id)).toMatchObject({ name: 'Foto 1.jpg', mediaType: 'image/jpeg' });
		const other = await caseByReceipt((await makeCase(unit)).receipt ?? '');
		await expect(attachmentForReporter(other, id)).rejects.toThrow(NotFound);
		await expect(attachmentForReporter({ ...tracked, receiptHash: 'another' }, id)).rejects.toThrow(NotFound);

		const handler = await makeActor([[unit.id, 'handler']]);
		const elsewhere = await makeActor([[(await makeUnit()).id, 'handler', 'supervisor']]);
		const manager = await makeActor([[unit.id, 'manager', 'admin']]);
		expect((await attachmentForActor(handler, id)).bytes.length).toBeGreaterThan(100);
		await expect(attachmentForActor(elsewhere, id)).rejects.toThrow(NotFound);
		await expect(attachmentForActor(manager, id)).rejects.toThrow(NotFound);
		await expect(attachmentForActor(handler, 'bukan-id')).rejects.toThrow(NotFound);
	});

	test('is hidden from the reporter if it is internal, such as the photo of a paper form', async () => {
		const { tracked, id } = await withPhoto();
		const handler = await makeActor([[unit.id, 'handler']]);
		await db().update(attachments).set({ public: false }).where(eq(attachments.id, id));
		await expect(attachmentForReporter(tracked, id)).rejects.toThrow(NotFound);
		expect((await attachmentForActor(handler, id)).name).toBe('Foto 1.jpg');
	});

	test('is shown only to supervisors if its case is restricted', async () => {
		const { tracked, id } = await withPhoto();
		await db().update(cases).set({ restricted: true }).where(eq(cases.id, tracked.caseId));
		await expect(attachmentForActor(await makeActor([[unit.id, 'handler']]), id)).rejects.toThrow(NotFound);
		expect((await attachmentForActor(await makeActor([[unit.id, 'supervisor']]), id)).name).toBe('Foto 1.jpg');
	});

	test('does not count as a file of the report if it belongs to a message', async () => {
		const { tracked, id } = await withPhoto();
		expect((await receiptPageFacts(tracked.found)).files).toBe(1);
		const stored = {
			caseId: tracked.caseId,
			author: 'reporter' as const,
			public: true,
			body: 'Ini fotonya.',
			at: now()
		};
		const [message] = await db().insert(messages).values(stored).returning();
		await db()
			.update(attachments)
			.set({ messageId: message?.id ?? null })
			.where(eq(attachments.id, id));
		expect((await receiptPageFacts(tracked.found)).files).toBe(0);
	});
});

test('a reporter reads the report even if the time of reading can’t be stored', async () => {
	const tracked = await caseByReceipt((await makeCase(unit)).receipt ?? '');
	await db().execute(sql`alter table cases rename column seen_at to missing`);
	try {
		await expect(markSeen(tracked)).resolves.toBeUndefined();
	} finally {
		await db().execute(sql`alter table cases rename column missing to seen_at`);
	}
});

import { eq } from 'drizzle-orm';
import { describe, expect, it, test } from 'vitest';
import { db, transaction } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { makeActor, makeCase, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import {
	act,
	atTime,
	lastEntry,
	makeOffice,
	nameOfficer,
	seenByReporter,
	readCase,
	story
} from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { deskCase } from './view.ts';
import { changeReporterContact, renewReceipt } from './conversation/contact.ts';
import { handOverCase } from './handling/hand-over.ts';
import { splitCase } from './handling/split.ts';
import { verifyCase } from './handling/verify.ts';
import { makeReceiptLink, officeOfReceiptLink, useReceiptLink } from './receipt-link.ts';
import { caseByReceipt } from './find-by-receipt.ts';

const office = useOffice();
const reporter = { name: 'Andi Contoh', phone: '081234567890' };

/** A report that the handler recorded. */
const recorded = (changes: Record<string, unknown> = {}, withoutCode = true) =>
	makeCase(
		office.unit,
		{ identity: 'named', reporter, channel: 'phone', ...changes },
		{ by: 'staff', actor: office.handler, withoutCode }
	);
const link = (reference: string) => makeReceiptLink(office.handler, reference);
const gone = { name: 'NotFound' };

describe('a link to the receipt of a report by phone', () => {
	it('shows a receipt to the first person who presses its button, and the same one for ten minutes', async () => {
		const { reference } = await recorded();
		const before = await readCase(reference);
		const { token } = await link(reference);
		// A colleague who is writing meanwhile gets no conflict.
		expect((await readCase(reference)).version).toBe(before.version);
		// Programs that check links only open the page.
		for (const _ of [1, 2]) expect(await officeOfReceiptLink(token)).toEqual({ name: office.unit.name });
		const [receipt = '', doubled] = await Promise.all([useReceiptLink(token), useReceiptLink(token)]);
		expect(await useReceiptLink(token)).toBe(receipt);
		expect(doubled).toBe(receipt);
		expect(await caseByReceipt(receipt)).toMatchObject({ caseId: (await readCase(reference)).id });
		expect((await story(reference)).filter((type) => type === 'receipt_renewed')).toHaveLength(1);
		const later = new Date(Date.now() + 10 * 60_000);
		await expect(atTime(later, () => officeOfReceiptLink(token))).rejects.toMatchObject(gone);
		await expect(atTime(later, () => useReceiptLink(token))).rejects.toMatchObject(gone);
	});

	it('is ended by a new receipt and by a new number, because the old number may have been wrong', async () => {
		const { reference } = await recorded();
		const { token } = await link(reference);
		const receipt = await renewReceipt(office.handler, reference, { reason: 'Menunjukkan KTP di loket.' });
		await expect(useReceiptLink(token)).rejects.toMatchObject(gone);
		const second = await link(reference);
		const row = await readCase(reference);
		const spoken = { data: {} } as Parameters<typeof changeReporterContact>[3];
		await transaction((tx) => changeReporterContact(tx, row, { phone: '081298765432' }, spoken));
		await expect(useReceiptLink(second.token)).rejects.toMatchObject(gone);
		expect(await caseByReceipt(receipt)).toBeTruthy();
	});

	it('ends the receipts and links of all parts of a split report, as a new receipt at the counter does', async () => {
		const { reference: whole, receipt: first } = await recorded({}, false);
		const splitOff = (from: string) => {
			const matter = { kind: 'suggestion', body: 'Kursi ruang tunggu kurang banyak sekali.' };
			return act(splitCase, office.handler, from, { ...matter, submission_id: crypto.randomUUID() });
		};
		const part = await splitOff(whole);
		const nested = await splitOff(part);
		const { token } = await link(whole);
		const second = await renewReceipt(office.handler, nested, { reason: 'Menunjukkan KTP di loket.' });
		await expect(caseByReceipt(first ?? '')).rejects.toMatchObject({ issues: [{ code: 'receipt_unknown' }] });
		await expect(useReceiptLink(token)).rejects.toMatchObject(gone);
		for (const one of [whole, part]) expect(await lastEntry(one, 'receipt_renewed')).toMatchObject({ public: true });

		const third = await useReceiptLink((await link(part)).token);
		await expect(caseByReceipt(second)).rejects.toMatchObject({ issues: [{ code: 'receipt_unknown' }] });
		expect(await caseByReceipt(third)).toMatchObject({ caseId: (await readCase(part)).id });
		expect(await story(nested)).toEqual(['opened', 'receipt_renewed', 'receipt_renewed']);
	});

	it('is not used by staff who are signed in', async () => {
		const { reference } = await recorded();
		const { token } = await link(reference);
		const attempt = useReceiptLink(token, office.handler);
		await expect(attempt).rejects.toMatchObject({ name: 'NotAllowed', code: 'receipt_link_staff' });
		expect(await story(reference)).not.toContain('receipt_renewed');
		expect(await useReceiptLink(token)).toBeTruthy();
	});

	const channels = ['phone', 'web', 'qr', 'kiosk'] as const;
	it.each(channels)('leaves an earlier receipt valid until it is used, also of a report by %s', async (channel) => {
		const { reference, receipt } = await makeCase(office.unit, { identity: 'named', reporter }, { channel });
		const { token } = await link(reference);
		expect(await caseByReceipt(receipt ?? '')).toBeTruthy();
		await useReceiptLink(token);
		await expect(caseByReceipt(receipt ?? '')).rejects.toMatchObject({ issues: [{ code: 'receipt_unknown' }] });
	});

	it('works for 48 hours, and stops working when there is a newer one', async () => {
		const { reference } = await recorded();
		const { token, expiresAt } = await link(reference);
		const before = new Date(expiresAt.getTime() - 1);
		expect(Math.round((expiresAt.getTime() - Date.now()) / 3_600_000)).toBe(48);
		expect(await atTime(before, () => officeOfReceiptLink(token))).toBeTruthy();
		await expect(atTime(expiresAt, () => useReceiptLink(token))).rejects.toMatchObject(gone);
		const newer = await link(reference);
		await expect(useReceiptLink(token)).rejects.toMatchObject(gone);
		expect(await useReceiptLink(newer.token)).toBeTruthy();
	});

	it('is in the timeline, which the reporter reads, and in the log, and its secret is nowhere', async () => {
		const { reference } = await recorded();
		const { token } = await link(reference);
		expect(await lastEntry(reference, 'receipt_linked')).toMatchObject({ actorId: office.handler.accountId });
		const log = await db().select().from(auditEntries).where(eq(auditEntries.subject, reference));
		expect(log).toMatchObject([{ action: 'receipt.linked', actorId: office.handler.accountId }]);
		expect(JSON.stringify([log, await readCase(reference)])).not.toContain(token);
		const receipt = await useReceiptLink(token);
		expect(await story(reference)).toEqual(['opened', 'receipt_linked', 'receipt_renewed']);
		expect(JSON.stringify(await readCase(reference))).not.toContain(receipt);
		const entries = (await seenByReporter(reference)).entries.map(({ type, actorKind }) => `${type} ${actorKind}`);
		expect(entries).toEqual(expect.arrayContaining(['receipt_linked staff', 'receipt_renewed reporter']));
	});
});

test('only people who may see the case make a link', async () => {
	const { reference } = await recorded();
	const elsewhere = await makeOffice();
	const [officer, actor] = await makeOfficerWithAccount(office.unit.id);
	await nameOfficer(office.supervisor, reference, officer);
	for (const one of [elsewhere.supervisor, actor])
		await expect(makeReceiptLink(one, reference)).rejects.toMatchObject(gone);
	expect(await story(reference)).not.toContain('receipt_linked');
});

test('refuses a receipt or a link to staff who may not see another part of the split report', async () => {
	const { reference: whole } = await recorded();
	const matter = {
		kind: 'complaint',
		body: 'Petugas loket meminta uang kepada saya.',
		submission_id: crypto.randomUUID()
	};
	const part = await act(splitCase, office.handler, whole, matter);
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	await nameOfficer(office.supervisor, part, officer);
	const makes = [
		(actor: Actor) => makeReceiptLink(actor, whole),
		(actor: Actor) => renewReceipt(actor, whole, { reason: 'Menunjukkan KTP di loket.' })
	];
	const refused = { issues: [{ code: 'receipt_part_hidden' }] };
	for (const make of makes) {
		await expect(make(named)).rejects.toMatchObject(refused);
		expect(await make(office.handler)).toBeTruthy();
	}
	await act(verifyCase, office.handler, part, { category: 'integrity', class: 'plain' });
	const roles: Parameters<typeof makeActor>[0] = [
		[office.unit.id, 'handler'],
		[office.root.id, 'supervisor']
	];
	const inOne = await makeActor(roles);
	for (const make of makes) {
		await expect(make(office.handler)).rejects.toMatchObject(refused);
		expect(await make(inOne)).toBeTruthy();
	}
	const { id, code } = await makeUnit();
	const moved = await act(splitCase, office.handler, whole, { ...matter, submission_id: crypto.randomUUID() });
	await act(handOverCase, office.handler, moved, { unit: code, reason: 'Ini urusan kantor lain.' });
	const inBoth = await makeActor([...roles, [id, 'supervisor']]);
	for (const make of makes) {
		await expect(make(inOne)).rejects.toMatchObject(refused);
		expect(await make(inBoth)).toBeTruthy();
	}
});

test('there is no link for a withheld name, or an anonymous report whose code was given or that lay in a box', async () => {
	const refused = [
		await makeCase(office.unit, { identity: 'none' }),
		await makeCase(office.unit, { identity: 'withheld', reporter }),
		await recorded({ identity: 'withheld' }),
		await recorded({ identity: 'none', reporter: undefined, channel: 'box' }),
		await recorded({ identity: 'none', reporter: undefined, channel: 'walk_in' }, false)
	];
	for (const { reference } of refused) {
		await expect(link(reference)).rejects.toMatchObject({ issues: [{ code: 'receipt_link_refused' }] });
		expect((await deskCase(office.handler, reference)).may.linkReceipt).toBe(false);
	}
	// An anonymous caller hung up before anybody could read out a code. After the link was used, there is no second one.
	const { reference } = await recorded({ identity: 'none', reporter: undefined });
	const matter = { kind: 'suggestion', body: 'Kursi ruang tunggu kurang banyak sekali.' };
	const part = await act(splitCase, office.handler, reference, { ...matter, submission_id: crypto.randomUUID() });
	const linked = async (one: string) => {
		const { unreachable, may } = await deskCase(office.handler, one);
		return { unreachable, linkReceipt: may.linkReceipt };
	};
	for (const one of [reference, part]) expect(await linked(one)).toEqual({ unreachable: true, linkReceipt: true });
	await useReceiptLink((await link(reference)).token);
	for (const one of [reference, part]) expect(await linked(one)).toEqual({ unreachable: false, linkReceipt: false });
	await expect(link(reference)).rejects.toMatchObject({ issues: [{ code: 'receipt_link_refused' }] });
});

import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { messages } from '#lib/server/db/schema/cases.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import {
	ANSWER,
	caseIn,
	lastEntry,
	makeOffice,
	readCase,
	story,
	rowsOfCase,
	seenByReporter
} from '#lib/dev/testing/office.ts';
import { recordContact, renewReceipt } from './conversation/contact.ts';
import { decryptReporter } from './reporter.ts';
import { revealReporter } from './reveal-reporter.ts';
import { caseForReporter } from './find.ts';
import { caseByReceipt } from './find-by-receipt.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const reporter = { name: 'Andi Contoh', phone: '081234567890' };
const withheld = () => makeCase(office.unit, { identity: 'withheld', reporter });
const named = () => makeCase(office.unit, { identity: 'named', reporter });
const REASON = 'Inspektorat meminta konfirmasi langsung kepada pelapor.';

test('a reporter who gives a name may leave out the contact', async () => {
	const nameAlone = { identity: 'named', reporter: { name: 'Siti Contoh' } };
	const ofOffice = (['staff', 'api'] as const).map((by) => ({ by, actor: office.handler }));
	for (const opening of [{}, ...ofOffice]) {
		const { reference } = await makeCase(office.unit, { ...nameAlone, channel: 'box' }, opening);
		const row = await readCase(reference);
		expect(row.reporterHash).toBeNull();
		expect(await decryptReporter(row.reporterSealed)).toEqual({ name: 'Siti Contoh', email: null, phone: null });
	}
});

test('each opening of a withheld name needs a reason and is shown to the reporter and in the audit log', async () => {
	const { reference } = await withheld();
	expect(await revealReporter(office.handler, reference, { reason: REASON })).toMatchObject(reporter);
	expect(await lastEntry(reference, 'revealed')).toMatchObject({
		public: true,
		actorId: office.handler.accountId,
		data: { reason: REASON }
	});
	expect((await seenByReporter(reference)).entries.map((entry) => entry.type)).toContain('revealed');
	const log = await db().select().from(auditEntries).where(eq(auditEntries.subject, reference));
	expect(log).toMatchObject([{ action: 'identity.revealed', reason: REASON, actorId: office.handler.accountId }]);
	expect(JSON.stringify(log)).not.toContain('Andi');
	await revealReporter(office.supervisor, reference, { reason: REASON });
	expect((await story(reference)).filter((type) => type === 'revealed')).toHaveLength(2);
});

test('the reporter learns from nothing that the page loads who of the office acted', async () => {
	const { reference } = await caseIn(office, 'answered', { identity: 'withheld', reporter });
	await revealReporter(office.supervisor, reference, { reason: REASON });
	const seen = JSON.stringify(await seenByReporter(reference));
	expect(seen).toContain(ANSWER);
	for (const { name, accountId } of [office.handler, office.supervisor])
		for (const own of [name, accountId]) expect(seen).not.toContain(own);
});

test('refuses to open a name without a reason, or if it is not withheld', async () => {
	const { reference } = await withheld();
	const bare = revealReporter(office.handler, reference, { reason: 'perlu' });
	await expect(bare).rejects.toMatchObject({ issues: [{ path: 'reason', code: 'reason_short' }] });
	const anonymous = await makeCase(office.unit);
	for (const one of [anonymous.reference, (await named()).reference]) {
		const attempt = revealReporter(office.handler, one, { reason: REASON });
		await expect(attempt).rejects.toMatchObject({ issues: [{ code: 'nothing_withheld' }] });
		expect(await story(one)).toEqual(['opened']);
	}
});

test('people of another unit cannot open a withheld name', async () => {
	const elsewhere = await makeOffice();
	const { reference } = await withheld();
	const attempt = revealReporter(elsewhere.supervisor, reference, { reason: REASON });
	await expect(attempt).rejects.toMatchObject({ name: 'NotFound' });
	expect(await story(reference)).toEqual(['opened']);
});

test('the reporter sees that they were contacted, but not the note about it', async () => {
	const { reference } = await named();
	await recordContact(office.handler, reference, { by: 'whatsapp', note: 'Pelapor minta dihubungi sore.' });
	expect(await lastEntry(reference, 'contacted')).toMatchObject({ public: true, data: { by: 'whatsapp' } });
	const [note] = await rowsOfCase(messages, reference);
	expect(note).toMatchObject({ public: false, body: 'Pelapor minta dihubungi sore.' });
	const form = { by: 'phone', note: 'Tidak diangkat.', submission_id: crypto.randomUUID() };
	for (let sent = 0; sent < 2; sent++) await recordContact(office.handler, reference, form);
	expect((await story(reference)).slice(1)).toEqual(['note', 'contacted', 'note', 'contacted']);
	await expect(recordContact(office.handler, reference, { ...form, by: 'email' })).rejects.toMatchObject({
		code: 'submission-reused'
	});
	const wrong = recordContact(office.handler, reference, { by: 'merpati' });
	await expect(wrong).rejects.toMatchObject({ issues: [{ path: 'by', code: 'contact_by_invalid' }] });
});

test('a new receipt for a named reporter invalidates the old one and the pages opened with it', async () => {
	const { reference, receipt } = await named();
	const tracked = await caseByReceipt(receipt ?? '');
	const fresh = await renewReceipt(office.handler, reference, { reason: 'Menunjukkan KTP di loket.' });
	expect(fresh).not.toBe(receipt);
	await expect(caseByReceipt(receipt ?? '')).rejects.toMatchObject({ issues: [{ code: 'receipt_unknown' }] });
	await expect(caseForReporter(tracked)).rejects.toMatchObject({ name: 'NotFound' });
	expect(await caseByReceipt(fresh)).toMatchObject({ caseId: tracked.caseId });
	expect(await lastEntry(reference, 'receipt_renewed')).toMatchObject({ public: true });
	const log = await db().select().from(auditEntries).where(eq(auditEntries.subject, reference));
	expect(log).toMatchObject([{ action: 'receipt.renewed', reason: 'Menunjukkan KTP di loket.' }]);
	expect(JSON.stringify(log)).not.toContain(fresh);
});

test('only named reporters can get a new receipt', async () => {
	for (const { reference } of [await withheld(), await makeCase(office.unit)]) {
		const attempt = renewReceipt(office.handler, reference, { reason: 'Menunjukkan KTP di loket.' });
		await expect(attempt).rejects.toMatchObject({ issues: [{ code: 'renewal_only_named' }] });
	}
});

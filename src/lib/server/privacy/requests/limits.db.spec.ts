import { expect, test } from 'vitest';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { readCase } from '#lib/dev/testing/office.ts';
import { askAsReporter as ask } from '#lib/dev/testing/reporters.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { hasContact } from '#lib/server/cases/reporter.ts';
import { Invalid, TooMany } from '#lib/server/errors.ts';
import { BUDGETS } from '#lib/server/rate-limits.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';
import { withdrawRequest } from './decide.ts';

const office = useOffice();
useMailServer();

test('a reporter makes at most ten requests about a report a day, also if they are withdrawn, and keeps the text', async () => {
	const { reference } = await makeCase(office.unit);
	for (let n = 0; n < BUDGETS.data_request.points; n += 1) {
		const { caseId, id } = await ask(reference, { kind: 'restriction' });
		await withdrawRequest(caseId, { withdraw: id });
	}
	const typed = { kind: 'correction', words: 'Kejadiannya hari Senin.' };
	const refused = await asForm(typed, () => ask(reference, typed));
	expect(refused).toMatchObject({ status: 429, data: { typed } });
	expect(JSON.stringify(refused)).toContain('Tulisan Anda masih ada');
	await ask((await makeCase(office.unit)).reference, typed);
});

test('a form that is sent again is answered as the first time after the last request of a day, and takes none', async () => {
	const { reference } = await makeCase(office.unit);
	const form = { kind: 'restriction', submission_id: crypto.randomUUID() };
	for (let n = 0; n < BUDGETS.data_request.points; n += 1) {
		const { caseId, id } = await ask(reference, n === 0 ? form : { kind: 'restriction' });
		await ask(reference, form);
		await withdrawRequest(caseId, { withdraw: id });
	}
	await expect(ask(reference, { kind: 'correction', words: 'Hari Senin.' })).rejects.toThrow(TooMany);
	await ask(reference, form);
});

test('a request that is refused, because one is open, does not count as an e-mail to the address', async () => {
	const reporter = { name: 'Budi Contoh', email: 'budi@contoh.invalid' };
	const report = () => makeCase(office.unit, { identity: 'named', reporter });
	const contact = { kind: 'contact', email: 'budi.baru@contoh.invalid' };
	const { reference } = await report();
	await ask(reference, contact);
	for (let n = 0; n < BUDGETS.receipt_email.points; n += 1)
		await expect(ask(reference, contact)).rejects.toThrow(Invalid);
	expect(await ask((await report()).reference, contact)).toMatchObject({ asksByMail: true });
});

test('above the daily limit of e-mails to an address, staff call instead of sending a link about a new contact', async () => {
	const reporter = { name: 'Andi Contoh', email: 'lama@contoh.invalid' };
	const report = () => makeCase(office.unit, { identity: 'named', reporter });
	const contact = { kind: 'contact', email: 'baru@contoh.invalid' };
	for (let n = 0; n < BUDGETS.receipt_email.points; n += 1)
		expect(await ask((await report()).reference, contact)).toMatchObject({ state: 'confirming', asksByMail: true });
	expect(await ask((await report()).reference, contact)).toMatchObject({ state: 'confirming', asksByMail: false });
});

test.each([
	['an anonymous reporter', {}],
	['a reporter with a name alone', { identity: 'named', reporter: { name: 'Andi Contoh' } }],
	['a withheld name alone', { identity: 'withheld', reporter: { name: 'Andi Contoh' } }]
])('%s has no contact that could confirm a new one, so none is asked for', async (_, changes) => {
	const { reference } = await makeCase(office.unit, changes);
	const known = { identity: 'named', reporter: { name: 'Andi Contoh', phone: '081234500098' } };
	const reachable = await makeCase(office.unit, known);
	expect(await hasContact(await readCase(reachable.reference))).toBe(true);
	expect(await hasContact(await readCase(reference))).toBe(false);
	await expect(ask(reference, { kind: 'contact', phone: '081234500098' })).rejects.toMatchObject({
		issues: [{ code: 'record_no_contact' }]
	});
});

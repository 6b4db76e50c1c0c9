import { expect, it } from 'vitest';
import { isCertainlyRefused } from './refused-form.ts';
import { caseInput, messageInput } from './schema.ts';

const BODY = 'Kursi di ruang tunggu patah.';

/** Whether the form is foreseen to be refused, and whether the site refuses it. */
function tried(fields: Record<string, string>) {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields)) form.append(name, value);
	const { 'reporter.name': name, 'reporter.phone': phone, 'reporter.email': email, ...rest } = fields;
	const input = {
		unit: '7604',
		kind: 'complaint',
		submission_id: crypto.randomUUID(),
		reporter: { name, phone, email },
		...rest
	};
	return [isCertainlyRefused(form), !caseInput.safeParse(input).success];
}

const REFUSED = [true, true];
const ACCEPTED = [false, false];

it('foresees that a report lacks a name, or has a name or a contact without an identity', () => {
	const name = { 'reporter.name': 'Siti Contoh' };
	const phone = { 'reporter.phone': '081234500001' };
	for (const identity of ['named', 'withheld']) {
		const report = { body: BODY, identity };
		expect(tried(report)).toEqual(REFUSED);
		expect(tried({ ...report, ...phone })).toEqual(REFUSED);
		expect(tried({ ...report, 'reporter.name': ' ', ...phone })).toEqual(REFUSED);
		expect(tried({ ...report, ...name })).toEqual(ACCEPTED);
		expect(tried({ ...report, ...name, ...phone, 'reporter.email': '' })).toEqual(ACCEPTED);
	}
	const nameless = { body: BODY, identity: 'none' };
	expect(tried(nameless)).toEqual(ACCEPTED);
	expect(tried({ ...nameless, 'reporter.name': ' ' })).toEqual(ACCEPTED);
	expect(tried({ ...nameless, ...name })).toEqual(REFUSED);
	expect(tried({ ...nameless, ...phone })).toEqual(REFUSED);
	expect(tried({ ...nameless, consent_lapor: 'on' })).toEqual(REFUSED);
});

it('foresees that a text is too long, also of a message', () => {
	const report = { identity: 'none', body: `${'x'.repeat(3999)}y\n` };
	expect(tried(report)).toEqual(ACCEPTED);
	expect(tried({ ...report, body: 'x'.repeat(4001) })).toEqual(REFUSED);
	const message = new FormData();
	message.append('body', 'ya\r\n'.repeat(1333));
	expect(isCertainlyRefused(message)).toBe(false);
	message.set('body', 'x'.repeat(4001));
	expect(isCertainlyRefused(message)).toBe(true);
	expect(messageInput.safeParse({ body: 'x'.repeat(4001) }).success).toBe(false);
});

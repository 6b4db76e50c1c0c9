import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { email, EMAIL, phone, PHONE } from '#lib/cases/schema.ts';
import { problemOf, type Control } from './field-error.client.ts';

beforeAll(() => {
	vi.stubGlobal('HTMLTextAreaElement', class {});
	vi.stubGlobal('document', { documentElement: { lang: 'id' } });
});
afterAll(() => vi.unstubAllGlobals());

/** The problem of a reporter's detail in a form with this identity. */
function problemOfDetail(
	field: { name: string; type: string; value: string },
	identity: string,
	dataset: DOMStringMap
) {
	const form = { elements: { namedItem: () => ({ value: identity }) } };
	return problemOf({ ...field, form, dataset } as unknown as Control);
}
const problemOfPhone = (value: string, identity: string) =>
	problemOfDetail({ name: 'reporter.phone', type: 'tel', value }, identity, { wrong: 'wrong', pattern: PHONE.source });
const problemOfEmail = (value: string) =>
	problemOfDetail({ name: 'reporter.email', type: 'email', value }, 'named', { wrong: 'wrong', pattern: EMAIL.source });
const problemOfName = (value: string, identity: string) =>
	problemOfDetail({ name: 'reporter.name', type: 'text', value }, identity, { missing: 'missing' });

it('the contact of a reporter who gives a name may be empty, but not faulty', () => {
	expect(problemOfPhone('', 'withheld')).toBe('');
	expect(problemOfPhone('0812 345', 'named')).toBe('wrong');
	expect(problemOfPhone('081234567890', 'named')).toBe('');
	expect(problemOfPhone('\u202a0812 3456\u20117890\u202c', 'named')).toBe('');
});

it('the name of a reporter who gives one must be filled in', () => {
	for (const identity of ['named', 'withheld']) {
		expect(problemOfName(' ', identity)).toBe('missing');
		expect(problemOfName('Siti Contoh', identity)).toBe('');
	}
	expect(problemOfName('', 'none')).toBe('');
});

// A form with a problem is sent without its photos, because the site refuses it anyway.
it('a contact has no problem if the site accepts it', () => {
	const phones = [
		'081234567890',
		'+62 (0)812-3456-7890',
		'021 345.6789',
		'\u202a0812 3456\u20117890\u202c',
		'0812 345',
		'a'
	];
	for (const typed of phones) expect(problemOfPhone(typed, 'named') === '').toBe(phone.safeParse(typed).success);
	const emails = ['siti@contoh.id', ' Siti.B+1@sub.contoh.co.id ', 'siti@contoh', 'siti contoh@contoh.id', '@'];
	for (const typed of emails) expect(problemOfEmail(typed) === '').toBe(email.safeParse(typed).success);
});

it('the faulty contact of an anonymous reporter is hidden and not checked', () => {
	for (const identity of ['none', '']) {
		expect(problemOfPhone('0812 345', identity)).toBe('');
	}
});

it('a text that is too long says by how many characters', () => {
	const problemOfText = (value: string) =>
		problemOf({ name: 'body', value, dataset: { longest: '4000', long: 'kurangi #' } } as unknown as Control);
	expect(problemOfText(`${'x'.repeat(4000)}\n`)).toBe('');
	expect(problemOfText('x'.repeat(5025))).toBe('kurangi 1.025');
});

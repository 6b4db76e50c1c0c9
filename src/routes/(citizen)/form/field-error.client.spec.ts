import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { problemOf, type Control } from './field-error.client.ts';

beforeAll(() => {
	vi.stubGlobal('HTMLTextAreaElement', class {});
	vi.stubGlobal('document', { documentElement: { lang: 'id' } });
});
afterAll(() => vi.unstubAllGlobals());

/** The problem of the phone number in a form with these values. */
function problemOfPhone(phone: string, identity: string): string {
	const form = { elements: { namedItem: () => ({ value: identity }) } };
	const dataset = { wrong: 'wrong', pattern: '^[0-9]{8,15}$' };
	return problemOf({ name: 'reporter.phone', type: 'tel', value: phone, form, dataset } as unknown as Control);
}

it('the contact of a reporter who gives a name may be empty, but not faulty', () => {
	expect(problemOfPhone('', 'withheld')).toBe('');
	expect(problemOfPhone('0812 345', 'named')).toBe('wrong');
	expect(problemOfPhone('081234567890', 'named')).toBe('');
	expect(problemOfPhone('\u202a0812 3456\u20117890\u202c', 'named')).toBe('');
});

it('the faulty contact of a nameless reporter is hidden and not checked', () => {
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

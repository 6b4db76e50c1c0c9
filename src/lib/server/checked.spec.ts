import { expect, test } from 'vitest';
import { z } from 'zod';
import { answerInput, caseInput } from '#lib/cases/schema.ts';
import { checked } from './checked.ts';
import { nameField } from '#lib/server/people/form-fields.ts';

const ZERO_WIDTH = '\u200b';

test.each([
	['zero-width spaces', ZERO_WIDTH.repeat(30)],
	['joiners and marks', '\u200d\ufe0f\u0301'.repeat(10)],
	['braille blanks', '\u2800'.repeat(30)],
	['Hangul fillers', '\u3164'.repeat(30)],
	['hard spaces and line breaks', '\u00a0\n\u2028'.repeat(10)]
])('%s alone are no answer and no name', (_, body) => {
	expect(() => checked(answerInput, { body, version: 1 })).toThrowError(
		expect.objectContaining({ issues: [{ path: 'body', code: 'answer_short' }] })
	);
	expect(() => checked(z.object({ name: nameField }), { name: body })).toThrow();
});

test('checks nested values too, and words keep every character', () => {
	const sent = { unit: 'mamuju', kind: 'complaint', identity: 'named', submission_id: 'contoh-kiriman-1' };
	const reporter = { name: ZERO_WIDTH.repeat(5), phone: '081234567890' };
	const body = `Antrean panjang${ZERO_WIDTH} sekali hari ini.`;
	expect(() => checked(caseInput, { ...sent, body, reporter })).toThrowError(
		expect.objectContaining({ issues: [{ path: 'reporter.name', code: 'name_missing' }] })
	);
	expect(checked(caseInput, { ...sent, body, reporter: { ...reporter, name: 'Andi Contoh' } }).body).toBe(body);
	expect(checked(z.object({ body: z.string() }), { body: '👍' })).toEqual({ body: '👍' });
});

import { expect, test } from 'vitest';
import { SKM_ELEMENTS } from './vocabulary.ts';
import { skmInput } from './schema.ts';

const answers = Object.fromEntries(SKM_ELEMENTS.map((element) => [element, '3']));
const form = { unit: 'mamuju', ...answers, submission_id: 'aaaaaaaa-1' };
const codes = (raw: unknown) => skmInput.safeParse(raw).error?.issues.map(({ path, message }) => `${path}: ${message}`);

test('nine answers are enough; empty form fields are absent', () => {
	const read = skmInput.parse({ ...form, sex: '', age: ' ', suggestion: '', service: '' });
	expect(read).toMatchObject({ u1: 3, u9: 3, unit: 'mamuju' });
	expect([read.sex, read.age, read.suggestion, read.service]).toEqual([undefined, undefined, undefined, undefined]);
});

test('a missing answer or one outside the scale gives an error for its question', () => {
	expect(codes({ ...form, u2: '', u7: undefined })).toEqual(['u2: skm_u2', 'u7: skm_u7']);
	for (const wrong of ['0', '5', '2.5', 'baik', ['3'], { 3: 3 }])
		expect(codes({ ...form, u4: wrong })).toEqual(['u4: skm_u4']);
});

test('facts must be values from their lists', () => {
	expect(skmInput.parse({ ...form, age: '60_up', education: 'diploma' })).toMatchObject({ age: '60_up' });
	expect(codes({ ...form, age: '61' })).toEqual(['age: skm_fact']);
	expect(codes({ ...form, suggestion: 'x'.repeat(1001) })).toEqual(['suggestion: skm_suggestion']);
});

import { expect, test } from 'vitest';
import { formState } from './form-state.ts';

const answer = {
	issues: [{ path: 'name', message: 'Tulis nama.' }],
	typed: { part: 'details', name: '', scopes: ['a', 'b'], on: 'true' }
};

test('a form that was not sent shows the stored values', () => {
	const form = formState(null);
	expect([form.value('name', 'Siti'), form.value('days', 3), form.value('none', null)]).toEqual(['Siti', '3', '']);
	expect([form.ticked('on', true), form.values('scopes', ['c']), form.returned]).toEqual([true, ['c'], false]);
});

test('field, box and boxes return name, value and error together', () => {
	expect(formState(answer).field('name', 'Siti')).toEqual({ name: 'name', value: '', error: 'Tulis nama.' });
	expect(formState(null).box('on', true)).toEqual({ name: 'on', checked: true, error: undefined });
	expect(formState(answer).boxes('scopes')).toEqual({ name: 'scopes', values: ['a', 'b'], error: undefined });
	expect(formState(null).field('name').value).toBeUndefined();
});

test('a returned form shows the typed values, including emptied fields and unticked boxes', () => {
	const form = formState(answer);
	expect([form.value('name', 'Siti'), form.error('name'), form.error('days')]).toEqual(['', 'Tulis nama.', undefined]);
	expect([form.values('scopes', ['c']), form.ticked('on'), form.ticked('active', true)]).toEqual([
		['a', 'b'],
		true,
		false
	]);
});

test('a returned form keeps the version with which it was loaded, and gets the present one after a conflict', () => {
	const sent = { issues: [], typed: { version: '3' } };
	const versions = [null, sent, { ...sent, conflict: 'stale' }].map((one) => formState(one).loaded('version', 4));
	expect(versions.map(String)).toEqual(['4', '3', '4']);
});

test('joins several errors of one field', () => {
	const issues = ['Foto 1 terlalu besar.', 'Foto 2 terlalu besar.'].map((message) => ({ path: 'file', message }));
	expect(formState({ issues, typed: {} }).error('file')).toBe('Foto 1 terlalu besar. Foto 2 terlalu besar.');
});

test('with several forms on a page, only the sent form is returned', () => {
	expect(formState(answer, 'details').returned).toBe(true);
	expect(formState(answer, 'roles').value('name', 'Siti')).toBe('Siti');
	expect(formState({ token: 'x' }).returned).toBe(false);
});

test('with a prefix, the ids of the fields differ from those of another form, and errors lead to them', () => {
	const form = formState(answer, 'details', 'details-');
	expect(form.field('name')).toEqual({ name: 'name', id: 'details-name', value: '', error: 'Tulis nama.' });
	expect(form.errors).toEqual([{ path: 'details-name', message: 'Tulis nama.' }]);
	expect(formState({ ...answer, issues: [{ path: '', message: 'Ditolak.' }] }, 'details', 'details-').errors).toEqual([
		{ path: '', message: 'Ditolak.' }
	]);
});

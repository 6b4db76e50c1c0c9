import { expect, test } from 'vitest';
import { formState } from './form-state.ts';

const answer = {
	issues: [{ path: 'name', message: 'Tulis nama.' }],
	typed: { part: 'details', name: '', scopes: ['a', 'b'], on: 'true' }
};

test('a fresh form shows what is stored', () => {
	const form = formState(null);
	expect([form.value('name', 'Siti'), form.value('days', 3), form.value('none', null)]).toEqual(['Siti', '3', '']);
	expect([form.ticked('on', true), form.values('scopes', ['c']), form.returned]).toEqual([true, ['c'], false]);
});

test('a field and its boxes get all they need at once', () => {
	expect(formState(answer).field('name', 'Siti')).toEqual({ name: 'name', value: '', error: 'Tulis nama.' });
	expect(formState(null).box('on', true)).toEqual({ name: 'on', checked: true, error: undefined });
	expect(formState(answer).boxes('scopes')).toEqual({ name: 'scopes', values: ['a', 'b'], error: undefined });
	expect(formState(null).field('name').value).toBeUndefined();
});

test('a form that came back shows what was typed, emptied and unticked included', () => {
	const form = formState(answer);
	expect([form.value('name', 'Siti'), form.error('name'), form.error('days')]).toEqual(['', 'Tulis nama.', undefined]);
	expect([form.values('scopes', ['c']), form.ticked('on'), form.ticked('active', true)]).toEqual([
		['a', 'b'],
		true,
		false
	]);
});

test('joins the errors of one field, such as those of several files', () => {
	const issues = ['Foto 1 terlalu besar.', 'Foto 2 terlalu besar.'].map((message) => ({ path: 'file', message }));
	expect(formState({ issues, typed: {} }).error('file')).toBe('Foto 1 terlalu besar. Foto 2 terlalu besar.');
});

test('of several forms on a page only the one that was sent came back', () => {
	expect(formState(answer, 'details').returned).toBe(true);
	expect(formState(answer, 'roles').value('name', 'Siti')).toBe('Siti');
	expect(formState({ token: 'x' }).returned).toBe(false);
});

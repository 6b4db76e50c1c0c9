import { describe, expect, test } from 'vitest';
import { changedWords } from './changed-words.ts';
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

describe('after a conflict', () => {
	const loaded = { phone: ['0426'], start: ['08:00'], days: ['1', '2'], on: [], friday: [] };
	const typed = { phone: '0427', start: '08:00', days: ['2', '1'], friday: '', loadedValues: JSON.stringify(loaded) };
	const form = formState({ issues: [], typed, conflict: 'stale' });

	test('a field that only the colleague changed has the stored value, and says from what it was changed', () => {
		const change = { was: ['08:00'], now: ['07:30'], kept: false };
		expect(form.field('start', '07:30')).toMatchObject({ value: '07:30', changed: change });
		expect(changedWords(form.field('start', '07:30').changed)).toBe('Orang lain mengubahnya dari 08:00 menjadi 07:30.');
		expect(form.field('friday', '11:30')).toMatchObject({ value: '11:30' });
		expect(form.box('on', true)).toMatchObject({ checked: true, changed: { was: [], now: ['true'] } });
		expect(form.boxes('days', ['1'])).toMatchObject({ values: ['1'], changed: { now: ['1'] } });
	});

	test('a field that this person changed keeps what was typed, and says what the colleague wrote', () => {
		expect(form.field('phone', '0426')).toEqual({ name: 'phone', value: '0427', error: undefined });
		expect(changedWords(form.field('phone', '0428').changed)).toContain('juga mengubahnya, menjadi 0428.');
	});

	test('the next form is compared with the values that are stored now', () => {
		const next = formState({ issues: [], typed, conflict: 'stale' });
		next.field('start', '07:30');
		expect(next.loadedValues()).toBe('{"start":["07:30"]}');
		expect(formState({ issues: [], typed }).loadedValues()).toBe(typed.loadedValues);
	});

	test('without the values with which the form was loaded, it has what was typed', () => {
		const bare = formState({ issues: [], typed: { start: '08:00', loadedValues: '[1' }, conflict: 'stale' });
		expect(bare.field('start', '07:30')).toEqual({ name: 'start', value: '08:00', error: undefined });
	});
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

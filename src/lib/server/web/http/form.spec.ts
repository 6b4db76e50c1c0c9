import { expect, test } from 'vitest';
import { readForm } from './form.ts';

function sent(...fields: [string, string][]): Request {
	const body = new FormData();
	for (const [name, value] of fields) body.append(name, value);
	return new Request('http://localhost/', { method: 'POST', body });
}

test('nests fields with dots in their names, makes lists of repeated and of list fields, and leaves out empty fields', async () => {
	const form = sent(
		['reporter.name', 'Andi'],
		['tag', 'a'],
		['tag', 'b'],
		['one', 'x'],
		['body', ' '],
		['note', 'a\r\nb']
	);
	const { data, typed } = await readForm(form, ['one']);
	expect(data).toEqual({ reporter: { name: 'Andi' }, tag: ['a', 'b'], one: ['x'], note: 'a\nb' });
	expect(typed).toEqual({
		'reporter.name': 'Andi',
		...{ tag: ['a', 'b'], one: ['x'], body: ' ', note: 'a\nb' }
	});
});

test('keeps the names of the files, because a page that shows the form again must ask for them', async () => {
	const body = new FormData();
	for (const name of ['a.jpg', 'b.pdf']) body.append('file', new File(['x'], name));
	body.append('file', 'a text');
	const { data, typed } = await readForm(new Request('http://localhost/', { method: 'POST', body }));
	expect([data, typed]).toEqual([{}, { file: ['a.jpg', 'b.pdf'] }]);
});

test('a field that is nested in a list or a text field replaces it', async () => {
	const list = await readForm(sent(['tags', 'a'], ['tags', 'b'], ['tags.length', 'x']));
	expect(list.data).toEqual({ tags: { length: 'x' } });
	expect(list.typed).toEqual({ tags: ['a', 'b'], 'tags.length': 'x' });
	expect((await readForm(sent(['body', 'a'], ['body.x', 'b']))).data).toEqual({ body: { x: 'b' } });
});

test('no field name changes the prototype of an object', async () => {
	const names = ['__proto__', '__proto__.admin', 'constructor.prototype.admin', 'a.__proto__.b', 'prototype'];
	const { data, typed } = await readForm(
		sent(
			...names.flatMap((n): [string, string][] => [
				[n, '1'],
				[n, '2']
			]),
			['a.c', 'x']
		)
	);
	expect(data).toEqual({ a: { c: 'x' } });
	expect(typed).toEqual({ 'a.c': 'x' });
	for (const read of [data, typed]) expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
	expect(({} as Record<string, unknown>).admin).toBeUndefined();
});

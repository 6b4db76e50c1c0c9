import { expect, test } from 'vitest';
import { readForm } from './form.ts';

function sent(...fields: [string, string][]): Request {
	const body = new FormData();
	for (const [name, value] of fields) body.append(name, value);
	return new Request('http://localhost/', { method: 'POST', body });
}

test('nests fields with dots in their names', async () => {
	const { data, typed } = await readForm(sent(['reporter.name', 'Andi']));
	expect(data).toEqual({ reporter: { name: 'Andi' } });
	expect(typed).toEqual({ 'reporter.name': 'Andi' });
});

test('makes lists of repeated fields and of the named list fields', async () => {
	const { data } = await readForm(sent(['tag', 'a'], ['tag', 'b'], ['one', 'x']), ['one']);
	expect(data).toEqual({ tag: ['a', 'b'], one: ['x'] });
});

test('leaves blank fields out of the data, and shows them as typed', async () => {
	const { data, typed } = await readForm(sent(['body', ' ']));
	expect([data, typed]).toEqual([{}, { body: ' ' }]);
});

test('stores line breaks as LF', async () => {
	expect((await readForm(sent(['note', 'a\r\nb']))).data).toEqual({ note: 'a\nb' });
});

test('returns the names of files, so that the page can ask for the files again', async () => {
	const body = new FormData();
	for (const name of ['a.jpg', 'b.pdf']) body.append('file', new File(['x'], name));
	body.append('file', 'a text');
	const { data, typed } = await readForm(new Request('http://localhost/', { method: 'POST', body }));
	expect([data, typed]).toEqual([{}, { file: ['a.jpg', 'b.pdf'] }]);
});

test('a nested field replaces a list or a text of the same name', async () => {
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

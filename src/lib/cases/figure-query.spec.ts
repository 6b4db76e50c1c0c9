import { expect, test } from 'vitest';
import { figureParameters, readFigure } from './figure-query.ts';

const read = (query: string) => readFigure(new URLSearchParams(query));

test('an address without an end date selects no figure', () => {
	expect(read('category=time&score=2')).toBeUndefined();
	expect(read('to=2026-13-01')).toBeUndefined();
});

test('writing a figure to an address and reading it back gives the same figure', () => {
	const query =
		'by=rated&from=2026-01-01&to=2026-03-31&service=library&category=none&channel=qr&reason=spam&tree=1&score=2&clock=first_reply.overdue&forward=sent';
	const figure = read(query);
	expect(figure).toMatchObject({
		by: 'rated',
		score: 2,
		tree: true,
		clock: { name: 'first_reply', outcome: 'overdue' }
	});
	expect(read(new URLSearchParams(figureParameters(figure!)).toString())).toEqual(figure);
});

test('invalid values in an address are dropped', () => {
	expect(read('by=lost&from=2026-05-01&to=2026-03-31&category=x&score=9&clock=first_reply&place=box')).toEqual({
		by: 'received',
		to: '2026-03-31'
	});
});

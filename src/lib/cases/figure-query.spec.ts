import { expect, test } from 'vitest';
import { figureParameters } from './figure-query.ts';
import { readFigure } from './read-inbox-choice.ts';

const read = (query: string) => readFigure(new URLSearchParams(query));

test('an address selects reports by facts also without days', () => {
	expect(read('category=time&named=on')).toEqual({ by: 'aged', category: 'time', named: true });
	expect(figureParameters(read('category=time&from=')!)).toEqual({ category: 'time' });
	expect(read('to=2026-13-01&tree=1&by=rated')).toBeUndefined();
});

test('writing a figure to an address and reading it back gives the same figure', () => {
	const query =
		'by=rated&from=2026-01-01&to=2026-03-31&service=library&category=none&channel=qr&reason=spam&handler=0b9e6c1e-0000-4000-8000-000000000001&named=1&lapor=1&tree=1&score=2&clock=first_reply.overdue&forward=sent';
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
		by: 'aged',
		to: '2026-03-31'
	});
});

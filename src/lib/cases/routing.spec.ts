import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstRule, meets, wordsFound, type Routable, type RoutingRule, lightest, type Loaded } from './routing.ts';
import { CASE_KINDS, CATEGORIES, CHANNELS, SERVICE_KINDS } from './vocabulary.ts';

const report: Routable = {
	kind: 'complaint',
	category: null,
	placeId: null,
	service: 'consultation',
	channel: 'web',
	text: 'Antreannya panjang, petugas tidak ramah.'
};
const rule = (changes: Partial<RoutingRule> = {}): RoutingRule => ({
	name: 'aturan',
	active: true,
	kind: null,
	category: null,
	placeId: null,
	service: null,
	channel: null,
	words: [],
	assign: 'workload',
	handlerId: null,
	groupId: null,
	priority: null,
	...changes
});

test.each([
	['nothing asked', {}, true],
	['its kind', { kind: 'complaint' }, true],
	['another kind', { kind: 'suggestion' }, false],
	['a category it has not', { category: 'time' }, false],
	['its service and channel', { service: 'consultation', channel: 'web' }, true],
	['its service, another channel', { service: 'consultation', channel: 'qr' }, false],
	['one of the words, in another form', { words: ['mengantre', 'parkir'] }, true],
	['a phrase', { words: ['tidak ramah'] }, true],
	['a phrase whose words stand apart', { words: ['panjang ramah'] }, false],
	['part of a word', { words: ['tugas jaga', 'anj'] }, false]
] as const)('%s', (_, condition, met) => {
	expect(meets(report, rule(condition as Partial<RoutingRule>))).toBe(met);
});

test('says which words were found', () => {
	expect(wordsFound(['ramah', 'parkir', 'antre'], report.text)).toEqual(['ramah', 'antre']);
});

test('the first that is met decides; one that is off is passed over', () => {
	const rules = [rule({ name: 'a', kind: 'suggestion' }), rule({ name: 'b', active: false }), rule({ name: 'c' })];
	expect(firstRule(report, [...rules, rule({ name: 'd' })])?.name).toBe('c');
	expect(firstRule(report, [])).toBeUndefined();
});

const nullable = <T extends string>(values: readonly T[]) => fc.constantFrom(null, ...values);
const anyRule = fc
	.record({
		active: fc.boolean(),
		kind: nullable(CASE_KINDS),
		category: nullable(CATEGORIES),
		service: nullable(SERVICE_KINDS),
		channel: nullable(CHANNELS),
		words: fc.array(fc.constantFrom('antre', 'parkir', 'ramah'), { maxLength: 2 })
	})
	.map((changes) => rule(changes));

describe('whatever the rules', () => {
	test('what decides is active, met, and nothing before it is both', () => {
		fc.assert(
			fc.property(fc.array(anyRule), (rules) => {
				const found = firstRule(report, rules);
				const at = found ? rules.indexOf(found) : rules.length;
				if (found) expect(found.active && meets(report, found)).toBe(true);
				for (const before of rules.slice(0, at)) expect(before.active && meets(report, before)).toBe(false);
			})
		);
	});

	test('a rule that asks more is met by no more reports', () => {
		fc.assert(
			fc.property(anyRule, fc.constantFrom(...CASE_KINDS), (one, kind) => {
				const narrower = { ...one, kind: one.kind ?? kind };
				if (meets(report, narrower)) expect(meets(report, one)).toBe(true);
			})
		);
	});
});

const person = fc.record<Loaded>({
	id: fc.uuid(),
	name: fc.constantFrom('Ani', 'Budi', 'Citra'),
	open: fc.integer({ min: 0, max: 4 }),
	absent: fc.boolean()
});

test('by workload: one who is there, nobody there has less, whatever the order asked in', () => {
	fc.assert(
		fc.property(fc.uniqueArray(person, { selector: ({ id }) => id }), (people) => {
			const chosen = lightest(people);
			const there = people.filter(({ absent }) => !absent);
			expect(chosen === undefined).toBe(there.length === 0);
			if (!chosen) return;
			expect(chosen.absent).toBe(false);
			expect(Math.min(...there.map(({ open }) => open))).toBe(chosen.open);
			expect(lightest([...people].reverse())).toBe(chosen);
		})
	);
});

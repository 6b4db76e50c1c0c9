import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	firstRule,
	matchesRule,
	wordsFound,
	type Routable,
	type RoutingRule,
	leastLoaded,
	type PersonWithLoad
} from './routing.ts';

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
	['a rule without conditions matches', {}, true],
	['the same kind matches', { kind: 'complaint' }, true],
	['another kind does not match', { kind: 'suggestion' }, false],
	['a category does not match a report without one', { category: 'time' }, false],
	['the same service and channel match', { service: 'consultation', channel: 'web' }, true],
	['the same service with another channel does not match', { service: 'consultation', channel: 'qr' }, false],
	['another form of one of the words matches', { words: ['mengantre', 'parkir'] }, true],
	['a phrase matches', { words: ['tidak ramah'] }, true],
	['a phrase does not match if its words are apart', { words: ['panjang ramah'] }, false],
	['part of a word does not match', { words: ['tugas jaga', 'anj'] }, false]
] as const)('%s', (_, condition, met) => {
	expect(matchesRule(report, rule(condition as Partial<RoutingRule>))).toBe(met);
});

test('returns the words that the text contains', () => {
	expect(wordsFound(['ramah', 'parkir', 'antre'], report.text)).toEqual(['ramah', 'antre']);
});

test('the first matching rule is applied, and inactive rules are skipped', () => {
	const rules = [rule({ name: 'a', kind: 'suggestion' }), rule({ name: 'b', active: false }), rule({ name: 'c' })];
	expect(firstRule(report, [...rules, rule({ name: 'd' })])?.name).toBe('c');
	expect(firstRule(report, [])).toBeUndefined();
});

const nullable = <const T extends string>(values: readonly T[]) => fc.constantFrom(null, ...values);
/** Each condition is missing, the report's own value, or another one, so that enough rules match. */
const anyRule = fc
	.record({
		active: fc.boolean(),
		kind: nullable(['complaint', 'suggestion']),
		category: nullable(['time']),
		service: nullable(['consultation', 'library']),
		channel: nullable(['web', 'qr']),
		words: fc.array(fc.constantFrom('antre', 'parkir', 'ramah'), { maxLength: 2 })
	})
	.map((changes) => rule(changes));

describe('for any rules', () => {
	test('the applied rule is active and matches, and no earlier active rule matches', () => {
		fc.assert(
			fc.property(fc.array(anyRule), (rules) => {
				const found = firstRule(report, rules);
				const at = found ? rules.indexOf(found) : rules.length;
				if (found) expect(found.active && matchesRule(report, found)).toBe(true);
				for (const before of rules.slice(0, at)) expect(before.active && matchesRule(report, before)).toBe(false);
			})
		);
	});

	test('a report that matches a rule also matches the rule with fewer conditions', () => {
		fc.assert(
			fc.property(anyRule, (one) => {
				const narrower = { ...one, kind: one.kind ?? report.kind };
				if (matchesRule(report, narrower)) expect(matchesRule(report, one)).toBe(true);
			})
		);
	});
});

const person = fc.record<PersonWithLoad>({
	id: fc.uuid(),
	name: fc.constantFrom('Ani', 'Budi', 'Citra'),
	open: fc.integer({ min: 0, max: 4 }),
	absent: fc.boolean()
});

test('chooses the present person with the fewest open cases, whatever the order of the list', () => {
	fc.assert(
		fc.property(fc.uniqueArray(person, { selector: ({ id }) => id }), (people) => {
			const chosen = leastLoaded(people);
			const present = people.filter(({ absent }) => !absent);
			expect(chosen === undefined).toBe(present.length === 0);
			if (!chosen) return;
			expect(chosen.absent).toBe(false);
			expect(Math.min(...present.map(({ open }) => open))).toBe(chosen.open);
			expect(leastLoaded([...people].reverse())).toBe(chosen);
		})
	);
});

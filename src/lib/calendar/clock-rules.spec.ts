import { describe, expect, it } from 'vitest';
import { DEFAULT_CLOCK_RULES, rulesFor, type ClockRule } from './clock-rules.ts';
import type { CaseClass, CaseKind } from '#lib/cases/vocabulary.ts';

const written = (rules: ClockRule[]) => rules.map(({ name, days, dayUnit }) => `${name} ${days} ${dayUnit}`);

function clocks(kind: CaseKind, caseClass: CaseClass, rules = DEFAULT_CLOCK_RULES) {
	const starting = rulesFor(rules, { kind, class: caseClass });
	return {
		received: written(starting.received),
		completeness: written(starting.completeness),
		needs_info: written(starting.needs_info),
		answered: written(starting.answered)
	};
}

describe('rulesFor', () => {
	it('gives a plain complaint the service times and the legal deadlines', () => {
		expect(clocks('complaint', 'plain')).toEqual({
			received: [
				'verification 3 working',
				'first_reply 5 working',
				'solution 14 working',
				'response_by_law 14 calendar'
			],
			completeness: ['decision_by_law 60 calendar'],
			needs_info: ['reporter_turn 30 calendar'],
			answered: ['reporter_turn 10 working']
		});
	});

	it('gives an oversight complaint sixty days', () => {
		expect(clocks('complaint', 'oversight').received).toContain('solution 60 working');
	});

	it.each([
		['information_request', 'information', 'solution 5 working'],
		['suggestion', 'plain', 'solution 14 working'],
		['suggestion', 'information', 'solution 14 working']
	] as const)('gives a %s of class %s %s and no legal deadline for complaints', (kind, caseClass, solution) => {
		expect(clocks(kind, caseClass)).toEqual({
			received: ['verification 3 working', 'first_reply 5 working', solution],
			completeness: [],
			needs_info: ['reporter_turn 10 working'],
			answered: ['reporter_turn 10 working']
		});
	});

	it('starts each clock once, by the most specific rule, independent of the order', () => {
		const everyCase = { kind: null, class: null, state: null, dayUnit: 'working', basis: 'uji' } as const;
		const rules: ClockRule[] = [
			{ ...everyCase, name: 'first_reply', kind: 'complaint', class: 'oversight', days: 1 },
			{ ...everyCase, name: 'first_reply', kind: 'complaint', days: 2 },
			{ ...everyCase, name: 'first_reply', class: 'plain', days: 3 },
			{ ...everyCase, name: 'first_reply', days: 4 },
			{ ...everyCase, name: 'first_reply', days: 5 }
		];
		for (const list of [rules, rules.toReversed()]) {
			expect(clocks('complaint', 'oversight', list).received).toEqual(['first_reply 1 working']);
			expect(clocks('complaint', 'plain', list).received).toEqual(['first_reply 3 working']);
			expect(clocks('complaint', 'information', list).received).toEqual(['first_reply 2 working']);
		}
		expect(clocks('suggestion', 'information', rules).received).toEqual(['first_reply 4 working']);
	});

	it('every default rule names its legal basis', () => {
		expect(DEFAULT_CLOCK_RULES.filter(({ basis }) => basis === '')).toEqual([]);
	});
});

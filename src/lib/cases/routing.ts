import { stemsOf } from '#lib/text/indonesian.ts';
import type { CaseKind, Category, Channel, Priority, ServiceKind } from './vocabulary.ts';

/** Conditions of a rule. null and empty conditions always match. */
interface RoutingCondition {
	kind: CaseKind | null;
	category: Category | null;
	placeId: string | null;
	service: ServiceKind | null;
	channel: Channel | null;
	/** One matching word in the text is enough. Forms of a word match too. */
	words: readonly string[];
}

/**
 * Who is assigned a matching case: the person with the fewest open cases, a fixed handler, or nobody (the rule sets
 * only the priority).
 */
export const ROUTING_ASSIGNEES = ['workload', 'handler', 'nobody'] as const;
export type RoutingAssignee = (typeof ROUTING_ASSIGNEES)[number];

export interface RoutingRule extends RoutingCondition {
	name: string;
	active: boolean;
	assign: RoutingAssignee;
	handlerId: string | null;
	/** If set, only members of this group are assigned. null: everybody who may see the report. */
	groupId: string | null;
	priority: Priority | null;
}

export interface Routable {
	kind: CaseKind;
	category: Category | null;
	placeId: string | null;
	service: string | null;
	channel: Channel;
	text: string;
}

export function wordsFound(words: readonly string[], text: string): string[] {
	const stems = stemsOf(text);
	return words.filter((word) => word.trim() && stems.includes(stemsOf(word)));
}

/** Whether a report meets all conditions of a rule. A rule without conditions matches every report. */
export function matchesRule(report: Routable, condition: RoutingCondition): boolean {
	const facts = ['kind', 'category', 'placeId', 'service', 'channel'] as const;
	if (facts.some((fact) => condition[fact] !== null && condition[fact] !== report[fact])) return false;
	return condition.words.length === 0 || wordsFound(condition.words, report.text).length > 0;
}

/** The first active rule that matches the report. Only this rule is applied. */
export function firstRule<R extends RoutingRule>(report: Routable, rules: readonly R[]): R | undefined {
	return rules.find((rule) => rule.active && matchesRule(report, rule));
}

export interface PersonWithLoad {
	id: string;
	name: string;
	open: number;
	absent: boolean;
}

/** The present person with the fewest open cases. With equal counts, name and id decide, so the result is stable. */
export function leastLoaded<P extends PersonWithLoad>(people: readonly P[]): P | undefined {
	return people
		.filter((person) => !person.absent)
		.sort((a, b) => a.open - b.open || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))[0];
}

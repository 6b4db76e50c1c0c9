import { stemsOf } from '#lib/text/indonesian.ts';
import type { CaseKind, Category, Channel, Priority, ServiceKind } from './vocabulary.ts';

/** Conditions of a rule; null or empty ones always match. */
interface RoutingCondition {
	kind: CaseKind | null;
	category: Category | null;
	placeId: string | null;
	service: ServiceKind | null;
	channel: Channel | null;
	/** One of them in the text is enough; forms of a word count. */
	words: readonly string[];
}

/** Who is assigned the matched cases: a person, the one with the fewest open cases, or nobody (only the priority is set). */
export const ROUTING_ASSIGNS = ['workload', 'handler', 'nobody'] as const;
export type RoutingAssign = (typeof ROUTING_ASSIGNS)[number];

export interface RoutingRule extends RoutingCondition {
	name: string;
	active: boolean;
	assign: RoutingAssign;
	handlerId: string | null;
	/** Whose people are asked, where not everybody's who may see the report. */
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

/** Whether a report meets a condition. A rule that asks nothing meets every report: the last of a list. */
export function meets(report: Routable, condition: RoutingCondition): boolean {
	const facts = ['kind', 'category', 'placeId', 'service', 'channel'] as const;
	if (facts.some((fact) => condition[fact] !== null && condition[fact] !== report[fact])) return false;
	return condition.words.length === 0 || wordsFound(condition.words, report.text).length > 0;
}

/** The first active rule, in the order given, that the report meets: one rule decides, never two. */
export function firstRule<R extends RoutingRule>(report: Routable, rules: readonly R[]): R | undefined {
	return rules.find((rule) => rule.active && meets(report, rule));
}

export interface Loaded {
	id: string;
	name: string;
	open: number;
	absent: boolean;
}

/** The present person with the fewest open cases; equals are ordered by name, then id, so the result is stable. */
export function lightest<P extends Loaded>(people: readonly P[]): P | undefined {
	return people
		.filter((person) => !person.absent)
		.sort((a, b) => a.open - b.open || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))[0];
}

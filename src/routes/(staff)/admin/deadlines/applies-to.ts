import type { ClockRule, LimitRule } from '#lib/calendar/clock-rules.ts';
import { m } from '#lib/paraglide/messages.js';
import { classWord, kindWord, statusWord } from '#lib/words/cases.ts';

type Rule = Pick<ClockRule | LimitRule, 'name' | 'kind' | 'class' | 'state'>;

/** What a deadline rule applies to: reports, or by the personal data law requests and breaches. */
export function appliesTo({ name, kind, class: caseClass, state }: Rule): string {
	if (name === 'data_request') return m.request_rule_applies();
	if (name === 'breach') return m.breach_page();
	const parts = [
		kind ? kindWord(kind) : undefined,
		// The class has the words of a kind.
		caseClass ? `${m.desk_fact_class()}: ${classWord(caseClass, 'staff')}` : undefined,
		state ? m.admin_rule_on_state({ state: statusWord(state, 'staff') }) : undefined
	].filter((part) => part !== undefined);
	return parts.length > 0 ? parts.join(' · ') : m.admin_rule_every();
}

/** To what a changed rule applies, and what keeps its deadline. */
export function consequenceOf({ name }: Pick<Rule, 'name'>): string {
	if (name === 'data_request') return m.request_rule_consequence();
	return name === 'breach' ? m.breach_rule_consequence() : m.admin_rule_consequence();
}

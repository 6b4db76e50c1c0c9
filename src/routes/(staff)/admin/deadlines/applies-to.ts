import type { ClockRule } from '#lib/calendar/clock-rules.ts';
import { m } from '#lib/paraglide/messages.js';
import { classWord, kindWord, statusWord } from '#lib/words/cases.ts';

export function appliesTo({ kind, class: caseClass, state }: Pick<ClockRule, 'kind' | 'class' | 'state'>): string {
	const parts = [
		kind ? kindWord(kind) : undefined,
		caseClass ? classWord(caseClass, 'staff') : undefined,
		state ? m.admin_rule_on_state({ state: statusWord(state, 'staff') }) : undefined
	].filter((part) => part !== undefined);
	return parts.length > 0 ? parts.join(' · ') : m.admin_rule_every();
}

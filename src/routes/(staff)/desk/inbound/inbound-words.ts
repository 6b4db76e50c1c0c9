import { formatShortDate } from '#lib/calendar/format.ts';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import { m } from '#lib/paraglide/messages.js';
import { withQuery } from '#lib/text/with-query.ts';
import type { InboundCounts, InboundItem, InboundView } from '#lib/server/escalation/from-lapor/reports.ts';

export const inboundAddress = (view: InboundView | undefined, cursor?: string) =>
	withQuery('/desk/inbound', { view, cursor });

/** Links to the lists, each with its count. Reports whose answer is still missing at LAPOR come right after "all". */
export function inboundViews(open: InboundView | undefined, counts: InboundCounts) {
	const words: readonly [InboundView | undefined, string][] = [
		[undefined, m.common_all()],
		['answer_missing', m.inbound_view_answer_missing()],
		['opened', m.inbound_view_opened()],
		['attached', m.inbound_view_attached()]
	];
	return words.map(([view, label]) => ({
		href: inboundAddress(view),
		label,
		count: counts[view ?? 'all'],
		current: view === open
	}));
}

export function knownByWord(matchedBy: string | null): string {
	if (matchedBy === 'lapor_id') return m.inbound_by_lapor_id();
	return matchedBy === 'reference' ? m.inbound_by_reference() : m.inbound_by_none();
}

type Answer = Pick<InboundItem, 'answerEnteredAt' | 'case'>;

/** State of the answer at LAPOR, for a report without an answer to enter there. */
export function answerWord({ answerEnteredAt, case: caseInfo }: Answer, zone: string): string {
	if (answerEnteredAt) return m.inbound_answer_entered({ date: formatShortDate(answerEnteredAt, zone) });
	return OPEN_STATUSES.includes(caseInfo.status) ? m.inbound_answer_waits() : m.inbound_answer_follows();
}

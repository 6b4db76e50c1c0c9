import type { InboxChoice } from '#lib/cases/inbox-query.ts';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import { m } from '#lib/paraglide/messages.js';
import { figureWords } from './figure-filter.ts';
import { kindWord, priorityWord, statusWord } from './cases.ts';

/** Finds the name of an office by its slug, for `choiceWords`. */
export const officeNames = (offices: readonly { slug: string; name: string }[]) => (slug: string) =>
	offices.find((office) => office.slug === slug)?.name;

/**
 * Name of an inbox list, made of the labels of its filters.
 * @param nameOf the name of a person, place or office by its id or slug, as far as the page knows it
 */
export function choiceWords(choice: InboxChoice, nameOf?: (id: string) => string | undefined): string {
	const status =
		choice.status === 'all'
			? [m.common_all()]
			: choice.status.join() === OPEN_STATUSES.join()
				? [m.desk_status_open()]
				: choice.status.map((status) => statusWord(status, 'staff'));
	const words = [
		...status,
		...(choice.kind ? [kindWord(choice.kind)] : []),
		...(choice.priority ? [m.desk_priority({ word: priorityWord(choice.priority) })] : []),
		...(choice.due === 'overdue' ? [m.clock_overdue()] : []),
		...(choice.due === 'soon' ? [m.clock_due_soon()] : []),
		...(choice.mine ? [m.desk_view_mine()] : []),
		...(choice.deputy ? [m.triage_view_deputy()] : []),
		...(choice.unassigned ? [m.desk_view_unassigned()] : []),
		...(choice.approval ? [m.desk_view_approval()] : []),
		...(choice.objection ? [m.desk_view_objection()] : []),
		...(choice.unit ? [nameOf?.(choice.unit) ?? choice.unit] : []),
		...(choice.figure ? [figureWords(choice.figure, nameOf)] : []),
		...(choice.q ? [`“${choice.q}”`] : [])
	];
	return words.length > 0 ? words.join(' · ') : m.views_whole();
}

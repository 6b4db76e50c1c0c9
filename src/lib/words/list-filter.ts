import { isLocalDate } from '#lib/calendar/days.ts';
import { formatShortDay } from '#lib/calendar/format.ts';
import { statusesShown } from '#lib/cases/inbox-query.ts';
import { readInboxChoice } from '#lib/cases/read-inbox-choice.ts';
import { m } from '#lib/paraglide/messages.js';
import { areaWords } from './audit.ts';
import { choiceWords } from './choice-words.ts';
import { escalationStateWord } from './escalation.ts';
import { serviceWord } from './office.ts';
import { aspectWord, ratingSourceWord, ratingStateWord } from './rating.ts';
import { requestKindWord, requestStateWord } from './requests.ts';
import { visitStateWord } from './visit.ts';

type Texts = Record<string, () => string>;
type Word = (value: never) => string;

/** Labels of the parameters of a list's address, as its page has them. */
const labels: Texts = {
	actor: m.admin_log_actor,
	area: m.admin_log_area,
	aspect: m.insight_ratings_aspect,
	commented: m.insight_ratings_commented,
	day: m.common_day,
	format: m.exports_format,
	from: m.common_from_date,
	kind: m.request_column_kind,
	list: m.sheet_about_list,
	name: m.common_name,
	number: m.common_number,
	officer: m.term_officer,
	q: m.audit_label_q,
	reference: m.term_reference,
	scope: m.insight_scope,
	score: m.common_score,
	service: m.term_service,
	source: m.insight_source,
	state: m.common_state,
	to: m.common_to_date,
	unit: m.term_unit,
	verified: m.insight_ratings_verified,
	view: m.sheet_about_list,
	year: m.common_year
};

/** Parameters whose values `nameOf` knows. A number can look like an office's code. */
const NAMED = ['actor', 'unit', 'officer', 'place', 'handler'];

const oneOf = (texts: Texts) => (value: string) => texts[value]?.() ?? value;

/** Words of the values that mean the same in every list. */
const words: Record<string, Word> = {
	area: oneOf(areaWords),
	aspect: aspectWord,
	scope: oneOf({ own: m.insight_scope_own, tree: m.insight_scope_tree }),
	service: (kind: never) => (kind === 'none' ? m.insight_service_none() : serviceWord(kind)),
	source: ratingSourceWord
};
const wordsOfList: Record<string, Record<string, Word>> = {
	data_requests: {
		kind: requestKindWord,
		list: (list: never) => (list === 'waiting' ? m.request_list_waiting() : requestStateWord(list))
	},
	escalations: {
		state: (state: never) => escalationStateWord(state, null),
		view: oneOf({ todo: m.escalation_view_todo, quiet: m.escalation_view_quiet })
	},
	inbound: {
		view: oneOf({
			answer_missing: m.inbound_view_answer_missing,
			opened: m.inbound_view_opened,
			attached: m.inbound_view_attached
		})
	},
	ratings: { state: ratingStateWord },
	unrecorded: { view: oneOf({ duty: m.unrecorded_duty, choice: m.unrecorded_choice }) },
	visits: { state: visitStateWord }
};

/**
 * The filter of an exported list in the words of its page; empty if there is none.
 * @param nameOf the name of a person, place or office by its id, slug or code
 * @param searched whether words were searched that the filter does not have
 */
export function listFilterWords(
	list: string,
	filter: URLSearchParams,
	nameOf: (id: string) => string | undefined,
	searched = false
): string {
	if (list === 'inbox' || list === 'cases') {
		const choice = readInboxChoice(filter);
		const shown = statusesShown(searched ? { ...choice, q: 'on' } : choice);
		return choiceWords({ ...choice, status: shown ?? 'all' }, nameOf);
	}
	return [...filter]
		.filter(([, value]) => value !== '')
		.map(([name, value]) => {
			const text = isLocalDate(value)
				? formatShortDay(value)
				: (valueWord(list, name, value) ?? (NAMED.includes(name) ? nameOf(value) : undefined) ?? value);
			return `${labels[name]?.() ?? name}: ${text}`;
		})
		.join(' · ');
}

function valueWord(list: string, name: string, value: string): string | undefined {
	if (value === 'yes' || value === 'on') return m.common_yes();
	try {
		return (wordsOfList[list]?.[name] ?? words[name])?.(value as never);
	} catch {
		// An address can have any value, and an old entry of the log one that no longer exists.
		return undefined;
	}
}

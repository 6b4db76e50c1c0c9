import { m } from '#lib/paraglide/messages.js';

export interface Shortcut {
	key: string;
	what: string;
}

const verbs = (): Shortcut[] => [
	{ key: 'a', what: m.desk_verb_assign() },
	{ key: 'v', what: m.desk_verb_verify() },
	{ key: 'e', what: m.term_escalate() },
	{ key: 'r', what: m.desk_verb_archive() }
];
const help = (): Shortcut => ({ key: '?', what: m.desk_key_help() });
const news = (): Shortcut => ({ key: 'n', what: m.live_key_news() });

export const verbShortcuts = (): Shortcut[] => [
	...verbs(),
	{ key: 'b', what: m.answering_use_answer() },
	{ key: 's', what: m.live_key_decide() },
	{ key: 'p', what: m.record_verb() },
	{ key: 'u', what: m.triage_key_take() },
	news(),
	help()
];
export const visitShortcuts = (): Shortcut[] => [
	{ key: 'j', what: m.visits_key_next() },
	{ key: 'k', what: m.visits_key_previous() },
	{ key: 'Enter', what: m.visits_key_open() },
	help()
];
export const listShortcuts = (): Shortcut[] => [
	{ key: 'j', what: m.desk_key_next() },
	{ key: 'k', what: m.desk_key_previous() },
	{ key: 'Enter', what: m.desk_key_open() },
	{ key: 'x', what: m.bulk_key_pick() },
	{ key: 't', what: m.desk_key_take() },
	...verbs(),
	{ key: '/', what: m.common_search() },
	news(),
	help()
];

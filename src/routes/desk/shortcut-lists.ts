import { m } from '#lib/paraglide/messages.js';

/** A key and what it does, as the help lists it. */
export interface Shortcut {
	key: string;
	what: string;
}

const verbs = (): Shortcut[] => [
	{ key: 'a', what: m.desk_key_assign() },
	{ key: 'v', what: m.desk_key_verify() },
	{ key: 'e', what: m.desk_key_escalate() }
];
const help = (): Shortcut => ({ key: '?', what: m.desk_key_help() });

export const verbShortcuts = (): Shortcut[] => [...verbs(), help()];
export const listShortcuts = (): Shortcut[] => [
	{ key: 'j', what: m.desk_key_next() },
	{ key: 'k', what: m.desk_key_previous() },
	{ key: 'Enter', what: m.desk_key_open() },
	...verbs(),
	{ key: '/', what: m.desk_key_search() },
	help()
];

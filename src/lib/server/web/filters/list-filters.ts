import { CONVERSATION_STATES, INCOMING_CHANNELS } from '#lib/cases/incoming.ts';
import { ESCALATION_STATES } from '#lib/cases/vocabulary.ts';
import { RECAP_SCOPES } from '#lib/recap/figures.ts';
import type { IncomingFilter } from '#lib/server/channels/incoming/list.ts';
import { MAIL_LISTS, type MailList } from '#lib/server/channels/mail-list.ts';
import type { EscalationFilter } from '#lib/server/escalation/list.ts';
import { sumCounts, unrecordedByUnit } from '#lib/server/escalation/unrecorded.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { logFilterSchema, type LogFilter } from '#lib/server/people/audit-log.ts';
import { REQUEST_KINDS } from '#lib/privacy/requests.ts';
import { REQUEST_LISTS, type RequestFilter } from '#lib/server/privacy/requests/register.ts';
import type { RecapQuery } from '#lib/server/recap/view.ts';

export function escalationFilter(query: URLSearchParams) {
	const view = query.get('view');
	return {
		state: ESCALATION_STATES.find((one) => one === query.get('state')),
		todo: view === 'todo',
		quiet: view === 'quiet'
	} satisfies Partial<Record<keyof EscalationFilter, unknown>>;
}

/** Reads which conversations an address asks for. The default are those that wait. */
export function incomingFilter(query: URLSearchParams): IncomingFilter {
	return {
		state: CONVERSATION_STATES.find((one) => one === query.get('state')) ?? 'waiting',
		channel: INCOMING_CHANNELS.find((one) => one === query.get('channel')),
		unit: query.get('unit') || undefined,
		q: query.get('q')?.trim().slice(0, 200) || undefined
	};
}

/** Reads which list of drafts an address asks for. For a person who decides none, the list of all drafts is the default. */
export function approvalsView(actor: Actor, query: URLSearchParams): 'mine' | 'all' | 'single' {
	const requested = query.get('view');
	if (requested === 'single' || requested === 'all') return requested;
	return actor.units.supervisor.length > 0 ? 'mine' : 'all';
}

/** The complaints that are not recorded at LAPOR: their number per office, and the list that the address selects. */
export async function unrecordedChoice(actor: Actor, query: URLSearchParams) {
	const units = await unrecordedByUnit(actor);
	const lists = {
		duty: sumCounts(units.filter(({ duty }) => duty)),
		choice: sumCounts(units.filter(({ duty }) => !duty))
	};
	const requested = query.get('view');
	// If no complaint must be recorded, the list of those that may be recorded is shown first.
	const none = requested === null && lists.duty.count === 0 && lists.choice.count > 0;
	const view: 'duty' | 'choice' = requested === 'choice' || none ? 'choice' : 'duty';
	const unit = units.find(({ code, duty }) => code === query.get('unit') && duty === (view === 'duty'));
	return { units, lists, unit, filter: { view, unit: unit?.code } };
}

/** Reads the filter of the audit log from an address. Empty fields do not filter. */
export function logFilter(params: URLSearchParams): LogFilter {
	return logFilterSchema.parse(Object.fromEntries([...params].filter(([, value]) => value !== '')));
}

/** The list that the address names, else the first list with an e-mail that needs a decision. */
export function mailList(requested: URLSearchParams, counts: { failed: number; unknown: number }): MailList {
	const list = MAIL_LISTS.find((candidate) => candidate === requested.get('list'));
	if (list) return list;
	if (counts.unknown > 0) return 'unknown';
	return counts.failed > 0 ? 'failed' : 'waiting';
}

/** Reads scope and version of a report from an address: `?scope=tree`, `?version=2` or `?version=now`. Ignores invalid values. */
export function recapQuery(params: { unit: string; period: string }, search: URLSearchParams): RecapQuery {
	const version = search.get('version') ?? '';
	return {
		...params,
		scope: RECAP_SCOPES.find((scope) => scope === search.get('scope')) ?? 'own',
		version: version === 'now' ? 'now' : /^\d{1,4}$/.test(version) ? Number(version) : undefined
	};
}

/** Which list of the register of data requests an address asks for: by default those that wait for a decision. */
export const requestFilter = (query: URLSearchParams): RequestFilter => ({
	list: REQUEST_LISTS.find((one) => one === query.get('list')) ?? 'waiting',
	kind: REQUEST_KINDS.find((one) => one === query.get('kind'))
});

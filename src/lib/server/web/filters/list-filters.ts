import { ESCALATION_STATES } from '#lib/cases/vocabulary.ts';
import { RECAP_SCOPES } from '#lib/recap/figures.ts';
import { OUTBOX_LISTS, type OutboxList } from '#lib/server/channels/mail-outbox.ts';
import type { EscalationFilter } from '#lib/server/escalation/list.ts';
import { sumCounts, unrecordedByUnit } from '#lib/server/escalation/unrecorded.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { logFilterSchema, type LogFilter } from '#lib/server/people/audit-log.ts';
import type { RecapQuery } from '#lib/server/recap/view.ts';

export function escalationFilter(query: URLSearchParams) {
	const view = query.get('view');
	return {
		state: ESCALATION_STATES.find((one) => one === query.get('state')),
		todo: view === 'todo',
		quiet: view === 'quiet'
	} satisfies Partial<Record<keyof EscalationFilter, unknown>>;
}

/** Reads which list of drafts an address asks for. For a person who decides none, the list of all drafts is the default. */
export function approvalsView(actor: Actor, query: URLSearchParams): 'mine' | 'all' | 'single' {
	const asked = query.get('view');
	if (asked === 'single' || asked === 'all') return asked;
	return actor.units.supervisor.length > 0 ? 'mine' : 'all';
}

/** The complaints that aren't at LAPOR: how many in which office, and what of them the address asks for. */
export async function unrecordedChoice(actor: Actor, query: URLSearchParams) {
	const units = await unrecordedByUnit(actor);
	const lists = {
		duty: sumCounts(units.filter(({ duty }) => duty)),
		choice: sumCounts(units.filter(({ duty }) => !duty))
	};
	const asked = query.get('view');
	// Where nothing is owed, what may be recorded is shown at once.
	const none = asked === null && lists.duty.count === 0 && lists.choice.count > 0;
	const view: 'duty' | 'choice' = asked === 'choice' || none ? 'choice' : 'duty';
	const unit = units.find(({ code, duty }) => code === query.get('unit') && duty === (view === 'duty'));
	return { units, lists, unit, filter: { view, ...(unit ? { unit: unit.code } : {}) } };
}

/** The filter of the log as it stands in an address; empty fields of the form narrow nothing. */
export function logFilter(params: URLSearchParams): LogFilter {
	return logFilterSchema.parse(Object.fromEntries([...params].filter(([, value]) => value !== '')));
}

/** The list an address asks for; without one, the first in which something wants a person. */
export function outboxList(asked: URLSearchParams, counts: { failed: number; unknown: number }): OutboxList {
	const list = OUTBOX_LISTS.find((one) => one === asked.get('list'));
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

import { ESCALATION_STATES } from '#lib/cases/vocabulary.ts';
import type { EscalationFilter } from '#lib/server/escalation/list.ts';
import { addUp, unrecordedByUnit } from '#lib/server/escalation/unrecorded.ts';
import type { Actor } from '#lib/server/people/actor.ts';

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
		duty: addUp(units.filter(({ duty }) => duty)),
		choice: addUp(units.filter(({ duty }) => !duty))
	};
	const asked = query.get('view');
	// Where nothing is owed, what may be recorded is shown at once.
	const none = asked === null && lists.duty.count === 0 && lists.choice.count > 0;
	const view: 'duty' | 'choice' = asked === 'choice' || none ? 'choice' : 'duty';
	const unit = units.find(({ code, duty }) => code === query.get('unit') && duty === (view === 'duty'));
	return { units, lists, unit, filter: { view, ...(unit ? { unit: unit.code } : {}) } };
}

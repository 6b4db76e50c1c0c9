import type { Actor } from '#lib/server/people/actor.ts';
import { fileRecap } from '#lib/server/recap/filings.ts';
import { addFollowUp, explainLate, finishFollowUp } from '#lib/server/recap/follow-ups.ts';
import { recapView, type RecapQuery } from '#lib/server/recap/view.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import type { ReadForm } from '#lib/server/web/http/form.ts';
import { recapQuery } from '#lib/server/web/filters/list-filters.ts';
import { recapAddress } from '../../recap-address.ts';
import type { RequestEvent } from './$types';

export const load = withActor(async (actor, { params, url }) => ({
	recap: await recapView(actor, recapQuery(params, url.searchParams)),
	submissionId: crypto.randomUUID()
}));

type Work = (actor: Actor, query: RecapQuery, data: ReadForm['data']) => Promise<unknown>;

const recapForm = (done: string, work: Work) =>
	formAction(async (actor, { data }, { params, url }: RequestEvent) => {
		const query = recapQuery(params, url.searchParams);
		await work(actor, query, data);
		// Causes and follow-ups change the current report, not the filed version, so show the current report.
		return recapAddress(query, done === 'filed' ? { done } : { version: 'now', done });
	});

export const actions = {
	file: recapForm('filed', (actor, { unit, scope, period }, data) =>
		fileRecap(actor, unit, { ...data, scope, period })
	),
	cause: recapForm('cause', (actor, _, data) => explainLate(actor, data)),
	follow: recapForm('follow_up', (actor, query, data) => addFollowUp(actor, query, data)),
	finish: recapForm('follow_up', (actor, { unit }, data) => finishFollowUp(actor, unit, data))
};

import { redirect, type RequestEvent } from '@sveltejs/kit';
import type { Actor } from '#lib/server/people/actor.ts';
import { fileRecap } from '#lib/server/recap/filings.ts';
import { addFollowUp, explainLate, finishFollowUp } from '#lib/server/recap/follow-ups.ts';
import { recapView, type RecapQuery } from '#lib/server/recap/view.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm, type ReadForm } from '#lib/server/web/http/form.ts';
import { recapQuery } from '#lib/server/web/filters/list-filters.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';
import { recapAddress } from '../../recap-address.ts';

export const load = ({ locals, params, url }) =>
	asPage(async () => ({ recap: await recapView(signedIn(locals), recapQuery(params, url.searchParams)) }));

type Work = (actor: Actor, query: RecapQuery, data: ReadForm['data']) => Promise<unknown>;

/** Reads a form, does its work, and comes back to the report with a word about what was done. */
const form =
	(done: string, work: Work) =>
	async ({ locals, params, request, url }: RequestEvent<{ unit: string; period: string }>) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			const query = recapQuery(params, url.searchParams);
			await work(signedIn(locals), query, data);
			// What is written goes on the report as it stands now, beside what was filed.
			const shown: Record<string, string> = done === 'filed' ? {} : { version: 'now' };
			redirect(303, recapAddress(query, { ...shown, done }));
		});
	};

export const actions = {
	file: form('filed', (actor, { unit, scope, period }, data) => fileRecap(actor, unit, { ...data, scope, period })),
	cause: form('cause', (actor, _, data) => explainLate(actor, data)),
	follow: form('follow_up', (actor, query, data) => addFollowUp(actor, query, data)),
	finish: form('follow_up', (actor, { unit }, data) => finishFollowUp(actor, unit, data))
};

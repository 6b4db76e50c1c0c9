import { redirect } from '@sveltejs/kit';
import { BATCH_DAYS, BATCH_RATINGS } from '#lib/ratings/batches.ts';
import { LATEST_DAYS } from '#lib/ratings/vocabulary.ts';
import { rolesOf } from '#lib/server/people/own-roles.ts';
import { signOutEverywhere } from '#lib/server/people/session.ts';
import { ownRatings } from '#lib/server/ratings/own.ts';
import { asForm, asPage } from '#lib/server/web/answers.ts';

export const load = ({ locals: { actor } }) =>
	asPage(async () => ({
		own: actor ? await ownRatings(actor) : undefined,
		roles: actor?.accountId ? await rolesOf(actor.accountId) : [],
		batch: { ratings: BATCH_RATINGS, days: BATCH_DAYS, late: LATEST_DAYS + 1 }
	}));

export const actions = {
	default: ({ locals: { actor } }) =>
		asForm({}, async () => {
			if (actor?.accountId) await signOutEverywhere(actor, actor.accountId);
			redirect(303, '/login');
		})
};

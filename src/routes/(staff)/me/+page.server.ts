import { redirect } from '@sveltejs/kit';
import { BATCH_DAYS, BATCH_RATINGS } from '#lib/ratings/batches.ts';
import { LATEST_DAYS } from '#lib/ratings/vocabulary.ts';
import { ownQuestions } from '#lib/server/cases/officers/clarifications.ts';
import { chooseMails, ownMailChoices } from '#lib/server/channels/mail-choices.ts';
import { listAccessChanges } from '#lib/server/people/access/list.ts';
import { absencesOf, addAbsence, removeAbsence, deputiesFor } from '#lib/server/people/absence.ts';
import { rolesOf } from '#lib/server/people/roles.ts';
import { signOutEverywhere } from '#lib/server/people/sign-in/session.ts';
import { contestComment, ownRatings } from '#lib/server/ratings/own/own-ratings.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/gate.ts';

const allOf = (url: URL) => url.searchParams.get('comments') === 'all';

export const load = ({ locals: { actor }, url }) =>
	asPage(async () => ({
		own: actor ? await ownRatings(actor, allOf(url)) : undefined,
		all: allOf(url),
		questions: actor ? await ownQuestions(actor) : [],
		absences: actor?.accountId ? await absencesOf(actor.accountId) : [],
		deputies: actor?.accountId ? await deputiesFor(actor.accountId) : [],
		mail: actor ? await ownMailChoices(actor) : undefined,
		roles: actor?.accountId ? await rolesOf(actor.accountId) : [],
		access: actor?.accountId ? await listAccessChanges(actor, 'waiting', actor.accountId) : [],
		batch: { ratings: BATCH_RATINGS, days: BATCH_DAYS, late: LATEST_DAYS + 1 },
		contested: url.searchParams.has('contested'),
		saved: url.searchParams.has('saved')
	}));

export const actions = {
	contest: async ({ locals, request }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			await contestComment(signedIn(locals), data);
			redirect(303, '/me?contested=yes#contests');
		});
	},
	absent: async ({ locals, request }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			const actor = signedIn(locals);
			await addAbsence(actor, actor.accountId ?? '', data);
			redirect(303, '/me?saved#absence');
		});
	},
	present: async ({ locals, request }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			const actor = signedIn(locals);
			await removeAbsence(actor, actor.accountId ?? '', String(data.absence));
			redirect(303, '/me?saved#absence');
		});
	},
	mail: async ({ locals, request }) => {
		const { data, typed } = await readForm(request, ['wanted']);
		return asForm(typed, async () => {
			await chooseMails(signedIn(locals), data);
			redirect(303, '/me?saved#mail');
		});
	},
	signOut: ({ locals: { actor } }) =>
		asForm({}, async () => {
			if (actor?.accountId) await signOutEverywhere(actor, actor.accountId);
			redirect(303, '/login');
		})
};

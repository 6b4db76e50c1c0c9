import { listPeople } from '#lib/server/people/directory.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import { setSecondFactorRule, secondFactorRequired } from '#lib/server/people/sign-in/second-factor-rule.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({
	people: await listPeople(actor),
	codeRequired: await secondFactorRequired(),
	isRootAdmin: await isRootAdmin(actor)
}));

export const actions = {
	require: changeThenOpen((actor, data) => setSecondFactorRule(actor, data.required === 'yes'), '/admin/people?saved', {
		confirm: true
	})
};

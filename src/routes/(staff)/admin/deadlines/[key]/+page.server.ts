import { changeRule, ruleNow } from '#lib/server/calendar/change-rules.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => ({
	rule: await ruleNow(params.key),
	mayChange: await isRootAdmin(actor)
}));

export const actions = {
	default: changeThenOpen((actor, data, { params }) => changeRule(actor, params.key, data), '/admin/deadlines?saved')
};

import { administeredRoot } from '#lib/server/privacy/retention/proposal.ts';
import { confirmRule, retentionRule } from '#lib/server/privacy/retention/schedule.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => {
	await administeredRoot(actor);
	return { rule: await retentionRule(params.key) };
});

export const actions = {
	default: changeThenOpen(
		(actor, data, { params }) => confirmRule(actor, params.key, data),
		'/admin/privacy/retention?saved'
	)
};

import { routingChoices, seenOfRule } from '#lib/server/cases/triage/routing-rules.ts';
import { changeRoutingRule, moveRule, removeRule, ruleForAdmin } from '#lib/server/cases/triage/routing-rules.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

export const load = withActor(async (actor, { params }) => {
	const rule = await ruleForAdmin(actor, params.id);
	const { name } = await unitForAdmin(actor, rule.unitId);
	return { rule, seen: seenOfRule(rule), office: { name }, choices: await routingChoices(rule.unitId) };
});

const move = (direction: 'up' | 'down') =>
	changeThenOpen(
		(actor, _data, { params }: RequestEvent) => moveRule(actor, params.id, direction),
		'/admin/routing?saved'
	);

export const actions = {
	change: changeThenOpen(
		(actor, data, { params }) => changeRoutingRule(actor, params.id, data),
		'/admin/routing?saved'
	),
	up: move('up'),
	down: move('down'),
	remove: changeThenOpen((actor, _data, { params }) => removeRule(actor, params.id), '/admin/routing?saved')
};

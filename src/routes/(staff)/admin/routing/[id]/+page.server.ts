import { routingChoices } from '#lib/server/cases/triage/routing-rules.ts';
import { changeRoutingRule, moveRule, removeRule, ruleForAdmin } from '#lib/server/cases/triage/routing-rules.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

export const load = withActor(async (actor, { params }) => {
	const rule = await ruleForAdmin(actor, params.id);
	const { name } = await unitForAdmin(actor, rule.unitId);
	return { rule, office: { name }, choices: await routingChoices(rule.unitId) };
});

const move = (direction: 'up' | 'down') =>
	formAction(async (actor, _form, { params }: RequestEvent) => {
		await moveRule(actor, params.id, direction);
		return '/admin/routing?saved';
	});

export const actions = {
	change: formAction(async (actor, { data }, { params }) => {
		await changeRoutingRule(actor, params.id, data);
		return '/admin/routing?saved';
	}),
	up: move('up'),
	down: move('down'),
	remove: formAction(async (actor, _form, { params }) => {
		await removeRule(actor, params.id);
		return '/admin/routing?saved';
	})
};

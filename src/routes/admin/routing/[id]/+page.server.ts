import { redirect } from '@sveltejs/kit';
import {
	routingChoices,
	changeRoutingRule,
	moveRule,
	removeRule,
	ruleForAdmin
} from '#lib/server/cases/triage/routing-rules.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';
import type { RequestEvent } from './$types';

export const load = ({ locals, params }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const rule = await ruleForAdmin(actor, params.id);
		const { name } = await unitForAdmin(actor, rule.unitId);
		return { rule, office: { name }, choices: await routingChoices(rule.unitId) };
	});

/** One place earlier or later in its office's list, which shows it. */
const move =
	(way: 'up' | 'down') =>
	({ locals, params }: RequestEvent) =>
		asForm({}, async () => {
			await moveRule(signedIn(locals), params.id, way);
			redirect(303, '/admin/routing?saved');
		});

export const actions = {
	change: async ({ request, locals, params }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			await changeRoutingRule(signedIn(locals), params.id, data);
			redirect(303, '/admin/routing?saved');
		});
	},
	up: move('up'),
	down: move('down'),
	remove: ({ locals, params }) =>
		asForm({}, async () => {
			await removeRule(signedIn(locals), params.id);
			redirect(303, '/admin/routing?saved');
		})
};

import { heldInBackups } from '#lib/server/backup/rules.ts';
import { confirmDestruction, countDestruction, recordDestruction } from '#lib/server/privacy/retention/confirmation.ts';
import { cancelDestruction, decideDestruction, leaveOut } from '#lib/server/privacy/retention/decision.ts';
import { destructionView } from '#lib/server/privacy/retention/view.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { RequestEvent } from './$types';

export const load = withActor(async (actor, { params }) => {
	const view = await destructionView(actor, params.id);
	const { carriedOutAt } = view.row;
	return { ...view, inBackups: carriedOutAt && (await heldInBackups(carriedOutAt)) };
});

/** Form action of a step. */
const step = (verb: (actor: Actor, id: string, raw: unknown) => Promise<void>, part: string) =>
	formAction(
		async (actor, { data }, { params }: RequestEvent) => {
			await verb(actor, params.id, data);
			return `/admin/privasi/retensi/${params.id}?saved`;
		},
		{ part }
	);

export const actions = {
	decide: step(decideDestruction, 'decide'),
	count: step(countDestruction, 'count'),
	record: step(recordDestruction, 'record'),
	confirm: step(confirmDestruction, 'confirm'),
	cancel: step(cancelDestruction, 'cancel'),
	leave: step(leaveOut, 'leave')
};

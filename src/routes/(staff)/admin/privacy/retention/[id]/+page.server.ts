import { heldInBackups } from '#lib/server/backup/rules.ts';
import {
	confirmDestruction,
	countDestruction,
	recordDestruction,
	cancelDestruction,
	decideDestruction,
	leaveOut
} from '#lib/server/privacy/retention/steps.ts';
import { destructionView } from '#lib/server/privacy/retention/view.ts';
import { recordActions, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => {
	const view = await destructionView(actor, params.id);
	const { carriedOutAt } = view.row;
	return { ...view, inBackups: carriedOutAt && (await heldInBackups(carriedOutAt)) };
});

const verbs = {
	decide: decideDestruction,
	count: countDestruction,
	record: recordDestruction,
	confirm: confirmDestruction,
	cancel: cancelDestruction,
	leave: leaveOut
};
export const actions = recordActions('/admin/privacy/retention', verbs, ['confirm']);

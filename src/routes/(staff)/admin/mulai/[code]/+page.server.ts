import { confirmStep, setupOf } from '#lib/server/insight/setup.ts';
import { endTrial, startTrial } from '#lib/server/insight/trial.ts';
import { closeToPublic, openToPublic } from '#lib/server/people/units/opening.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor((actor, { params }) => setupOf(actor, params.code));

export const actions = {
	open: formAction(async (actor, _form, { params }) => {
		await openToPublic(actor, { units: [(await unitForAdmin(actor, params.code)).id] });
		return `/admin/mulai/${params.code}?saved#buka`;
	}),
	startTrial: formAction(async (actor, { data }, { params }) => {
		await startTrial(actor, (await unitForAdmin(actor, params.code)).id, data);
		return `/admin/mulai/${params.code}?saved#buka`;
	}),
	endTrial: formAction(
		async (actor, { data }, { params }) => {
			await endTrial(actor, (await unitForAdmin(actor, params.code)).id, data);
			return `/admin/mulai/${params.code}?saved#buka`;
		},
		{ confirm: true }
	),
	close: formAction(async (actor, { data }, { params }) => {
		await closeToPublic(actor, (await unitForAdmin(actor, params.code)).id, data);
		return `/admin/mulai/${params.code}?saved#buka`;
	}),
	confirm: formAction(async (actor, { data }, { params }) => {
		await confirmStep(actor, data);
		return `/admin/mulai/${params.code}?saved`;
	})
};

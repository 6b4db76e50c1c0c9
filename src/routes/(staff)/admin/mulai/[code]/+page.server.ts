import { closeToPublic, openToPublic } from '#lib/server/insight/open-to-public.ts';
import { confirmStep, setupOf, withdrawStep } from '#lib/server/insight/setup-steps.ts';
import { endTrial, startTrial } from '#lib/server/insight/start-and-end-trial.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';
import { rememberPath } from '../../guided-path.ts';
import type { DoneStep } from '../setup-words.ts';
import type { RequestEvent } from './$types';

export const load = withActor(async (actor, event) => {
	const setup = await setupOf(actor, event.params.code);
	rememberPath(event);
	return setup;
});

const unitId = async (actor: Actor, { params }: RequestEvent) => (await unitForAdmin(actor, params.code)).id;
/** Address of the section that opens the office to the public, with what was done. */
const readyPage =
	(done: DoneStep) =>
	({ params }: RequestEvent) =>
		`/admin/mulai/${params.code}?saved=${done}#buka`;

export const actions = {
	open: changeThenOpen(
		async (actor, _data, event) => openToPublic(actor, { units: [await unitId(actor, event)] }),
		readyPage('opened')
	),
	startTrial: changeThenOpen(
		async (actor, data, event) => startTrial(actor, await unitId(actor, event), data),
		readyPage('trial_started')
	),
	endTrial: changeThenOpen(
		async (actor, data, event) => endTrial(actor, await unitId(actor, event), data),
		readyPage('trial_ended'),
		{ confirm: true }
	),
	close: changeThenOpen(
		async (actor, data, event) => closeToPublic(actor, await unitId(actor, event), data),
		readyPage('closed')
	),
	confirm: changeThenOpen(confirmStep, ({ params }) => `/admin/mulai/${params.code}?saved`),
	withdraw: changeThenOpen(withdrawStep, ({ params }) => `/admin/mulai/${params.code}?saved`)
};

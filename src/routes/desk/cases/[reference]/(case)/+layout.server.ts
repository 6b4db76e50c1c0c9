import { now } from '#lib/server/clock.ts';
import { deskCase } from '#lib/server/cases/view.ts';
import { forwardsForActor } from '#lib/server/escalation/view.ts';
import { asPage } from '#lib/server/web/answers.ts';
import { signedIn } from '#lib/server/web/signed-in.ts';

export const load = ({ locals, params }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const [shown, forwards] = await Promise.all([
			deskCase(actor, params.reference),
			forwardsForActor(actor, params.reference)
		]);
		return { shown, forwards, now: now() };
	});

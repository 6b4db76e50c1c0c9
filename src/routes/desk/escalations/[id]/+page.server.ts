import { redirect, type RequestEvent } from '@sveltejs/kit';
import { localDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { LAPOR_STATUS_NAMES } from '#lib/server/escalation/lapor-status.ts';
import { setManualStatus } from '#lib/server/escalation/manual-status.ts';
import { resendEscalation } from '#lib/server/escalation/resend.ts';
import { resolveEscalation } from '#lib/server/escalation/resolve.ts';
import { settleFollowup } from '#lib/server/escalation/settle-followup.ts';
import { settleTask } from '#lib/server/escalation/tasks.ts';
import { escalationView } from '#lib/server/escalation/view.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { asForm, asPage } from '#lib/server/web/answers.ts';
import { readForm, type ReadForm } from '#lib/server/web/form.ts';
import { signedIn } from '#lib/server/web/signed-in.ts';
import { typedTexts } from '../typed-texts.ts';

export const load = ({ locals, params, url }) =>
	asPage(async () => {
		const view = await escalationView(signedIn(locals), params.id);
		return {
			view,
			statusNames: LAPOR_STATUS_NAMES,
			today: localDate(now(), view.unit.timeZone),
			done: url.searchParams.get('done'),
			now: now()
		};
	});

/** One decision: read, one domain call, back to this page (or the one it made) with a word about what was done. */
function decision(decide: (actor: Actor, id: string, read: ReadForm) => Promise<{ id: string; done: string }>) {
	return async ({ request, locals, params }: RequestEvent<{ id: string }>) => {
		const read = await readForm(request);
		return asForm(read.typed, async () => {
			const { id, done } = await decide(signedIn(locals), params.id, read);
			redirect(303, `/desk/escalations/${id}?done=${done}`);
		});
	};
}

export const actions = {
	resolve: decision(async (actor, id, { data }) => {
		await resolveEscalation(actor, id, data);
		return { id, done: data.outcome === 'found' ? 'found' : 'absent' };
	}),
	resend: decision(async (actor, id, read) => {
		const next = await resendEscalation(actor, id, { ...read.data, ...typedTexts(read) });
		return { id: next.id, done: 'resent' };
	}),
	status: decision(async (actor, id, { data }) => {
		await setManualStatus(actor, id, data);
		return { id, done: 'status' };
	}),
	task: decision(async (actor, id, { data }) => {
		await settleTask(actor, id, data);
		return { id, done: 'task' };
	}),
	followup: decision(async (actor, id, { data }) => {
		await settleFollowup(actor, id, data);
		return { id, done: 'followup' };
	})
};

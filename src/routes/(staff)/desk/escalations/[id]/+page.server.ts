import type { RequestEvent } from '@sveltejs/kit';
import { localDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { requestsOfForward } from '#lib/server/escalation/forward/dry-run.ts';
import { countInstitutions } from '#lib/server/escalation/connection/institutions.ts';
import { LAPOR_STATUS_NAMES } from '#lib/server/escalation/tracking/lapor-status.ts';
import { setManualStatus, resolveEscalation, settleFollowup, settleTask } from '#lib/server/escalation/decisions.ts';
import { resendEscalation } from '#lib/server/escalation/forward/forward.ts';
import { escalationView } from '#lib/server/escalation/view.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { mayChangeInstallation } from '#lib/server/people/administration.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import type { ReadForm } from '#lib/server/web/http/form.ts';
import { nextAddress, queueKept, readQueue } from '../../unrecorded/queue.ts';
import { institutionsFor, typedTarget, typedTexts, withInstitutions } from '../typed-report.ts';

export const load = withActor(async (actor, { params, url }) => {
	const view = await escalationView(actor, params.id);
	const going = view.mode === 'api' && NOT_THERE.includes(view.state);
	return {
		view,
		request: going ? await requestsOfForward(actor, params.id) : null,
		listed: await countInstitutions(),
		mayMap: await mayChangeInstallation(actor),
		statusNames: LAPOR_STATUS_NAMES,
		today: localDate(now(), view.unit.timeZone),
		done: url.searchParams.get('done'),
		now: now()
	};
});

/** `recorded`: the case whose number at LAPOR is known now, so that who works through a list goes on to the next. */
type Decided = { id: string; done: string; recorded?: string };

const NOT_THERE = ['waiting', 'sending', 'stuck', 'rejected', 'unknown'];

/** One decision: read, one domain call, back to this page (or the one it made) with a word about what was done. */
function decision(decide: (actor: Actor, id: string, read: ReadForm) => Promise<Decided>) {
	const act = formAction(
		async (actor, read, { params, url }: RequestEvent<{ id: string }>) => {
			const { id, done, recorded } = await decide(actor, params.id, read);
			const queue = recorded && readQueue(url);
			return queue ? nextAddress(queue, recorded, 'found') : `/desk/escalations/${id}?done=${done}${queueKept(url)}`;
		},
		{ lists: ['attachments'] }
	);
	return async (event: RequestEvent<{ id: string }>) => withInstitutions(await act(event));
}

export const actions = {
	resolve: decision(async (actor, id, { data }) => {
		const { reference } = await resolveEscalation(actor, id, data);
		if (data.outcome !== 'found') return { id, done: 'absent' };
		return { id, done: 'found', recorded: reference.slice(0, reference.lastIndexOf('.')) };
	}),
	resend: decision(async (actor, id, read) => {
		// A form that lists the files names those that go along; none ticked means none, not all.
		const attachments = read.data.files === 'chosen' ? (read.data.attachments ?? []) : undefined;
		const next = await resendEscalation(actor, id, {
			...read.data,
			...typedTexts(read),
			...(await typedTarget(read)),
			attachments
		});
		return { id: next.id, done: 'resent' };
	}),
	/** Looks for the institution typed, for a browser without scripts. */
	find: formAction(async (actor, { typed }, { params }) => {
		await escalationView(actor, params.id);
		return { issues: [], typed, found: await institutionsFor(typed) };
	}),
	status: decision(async (actor, id, { data }) => {
		const { answered } = await setManualStatus(actor, id, data);
		return { id, done: answered ? 'answered' : 'status' };
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

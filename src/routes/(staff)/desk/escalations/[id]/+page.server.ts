import type { RequestEvent } from '@sveltejs/kit';
import { localDate } from '#lib/calendar/days.ts';
import { addListToAddress } from '#lib/cases/inbox-query.ts';
import { now } from '#lib/server/clock.ts';
import { requestsOfForward } from '#lib/server/escalation/forward/dry-run.ts';
import { correctNumber } from '#lib/server/escalation/correct-number.ts';
import { countInstitutions } from '#lib/server/escalation/connection/institutions.ts';
import { LAPOR_STATUS_NAMES } from '#lib/server/escalation/tracking/lapor-status.ts';
import {
	cancelForward,
	setManualStatus,
	resolveEscalation,
	settleFollowup,
	settleTask
} from '#lib/server/escalation/decisions.ts';
import { resendEscalation } from '#lib/server/escalation/forward/forward.ts';
import { escalationView } from '#lib/server/escalation/view.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import { nextWorkPage } from '#lib/server/web/forms/page-after.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import type { ReadForm } from '#lib/server/web/http/form.ts';
import { nextAddress, queueParameter, readQueue } from '../../unrecorded/queue.ts';
import { institutionsFor, typedTarget, typedTexts, withInstitutions } from '../typed-report.ts';

export const load = withActor(async (actor, { params, url }) => {
	const view = await escalationView(actor, params.id);
	const hasPlannedRequest = view.mode === 'api' && view.state !== 'sent' && view.state !== 'closed';
	return {
		view,
		request: hasPlannedRequest ? await requestsOfForward(actor, params.id) : null,
		listed: await countInstitutions(),
		mayMap: await isRootAdmin(actor),
		statusNames: LAPOR_STATUS_NAMES,
		today: localDate(now(), view.unit.timeZone),
		done: url.searchParams.get('done'),
		now: now()
	};
});

/** `recorded`: the case that now has a LAPOR number. The person has nothing left to do on it and goes on with other work. */
type DecisionResult = { id: string; done: string; recorded?: string };

/** Form action for one decision. Redirects to the next work or to the forward it concerns, with `?done=` for the message. */
function decision(decide: (actor: Actor, id: string, read: ReadForm) => Promise<DecisionResult>) {
	const action = formAction(
		async (actor, read, { params, url }: RequestEvent<{ id: string }>) => {
			const { id, done, recorded } = await decide(actor, params.id, read);
			const list = url.searchParams.get('list');
			const queue = readQueue(url);
			if (recorded && queue) return nextAddress(queue, recorded, 'found');
			const address = recorded
				? await nextWorkPage(actor, false, list, { reference: recorded, done: 'found' })
				: `/desk/escalations/${id}?done=${done}${queueParameter(url)}`;
			return addListToAddress(address, list);
		},
		{ lists: ['attachments'] }
	);
	return async (event: RequestEvent<{ id: string }>) => withInstitutions(await action(event));
}

export const actions = {
	resolve: decision(async (actor, id, { data }) => {
		const { reference } = await resolveEscalation(actor, id, data);
		if (data.outcome !== 'found') return { id, done: 'absent' };
		return { id, done: 'found', recorded: reference.slice(0, reference.lastIndexOf('.')) };
	}),
	resend: decision(async (actor, id, read) => {
		// If the form lists the files, only ticked files are sent; none ticked means no files.
		const attachments = read.data.files === 'chosen' ? (read.data.attachments ?? []) : undefined;
		const next = await resendEscalation(actor, id, {
			...read.data,
			...typedTexts(read),
			...(await typedTarget(read)),
			attachments
		});
		return { id: next.id, done: 'resent' };
	}),
	cancel: decision(async (actor, id, { data }) => {
		await cancelForward(actor, id, data);
		return { id, done: 'absent' };
	}),
	/** Searches institutions by the typed name, for browsers without scripts. */
	find: formAction(async (actor, { typed }, { params }) => {
		await escalationView(actor, params.id);
		return { issues: [], typed, found: await institutionsFor(typed) };
	}),
	status: decision(async (actor, id, { data }) => {
		await setManualStatus(actor, id, data);
		return { id, done: 'status' };
	}),
	correct: decision(async (actor, id, { data }) => {
		await correctNumber(actor, id, data);
		return { id, done: 'corrected' };
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

import { redirect, type RequestEvent } from '@sveltejs/kit';
import { localDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { requestsOfForward } from '#lib/server/escalation/forward/dry-run.ts';
import { countInstitutions } from '#lib/server/escalation/connection/institutions.ts';
import { LAPOR_STATUS_NAMES } from '#lib/server/escalation/tracking/lapor-status.ts';
import { setManualStatus } from '#lib/server/escalation/tracking/manual-status.ts';
import { resendEscalation } from '#lib/server/escalation/forward/forward.ts';
import { resolveEscalation } from '#lib/server/escalation/delivery/resolve.ts';
import { settleFollowup } from '#lib/server/escalation/followups/settle.ts';
import { settleTask } from '#lib/server/escalation/tasks.ts';
import { escalationView } from '#lib/server/escalation/view.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { mayChangeInstallation } from '#lib/server/people/administration.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm, type ReadForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';
import { nextAddress, queueKept, readQueue } from '../../unrecorded/queue.ts';
import { institutionsFor, typedTarget, withInstitutions } from '../typed-target.ts';
import { typedTexts } from '../typed-texts.ts';

export const load = ({ locals, params, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const view = await escalationView(actor, params.id);
		const going = view.mode === 'api' && NOT_THERE.includes(view.state);
		return {
			view,
			/** The exact request, while it may still be made. */
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
	return async ({ request, locals, params, url }: RequestEvent<{ id: string }>) => {
		const read = await readForm(request, ['attachments']);
		const answer = await asForm(read.typed, async () => {
			const { id, done, recorded } = await decide(signedIn(locals), params.id, read);
			const queue = recorded && readQueue(url);
			if (queue) redirect(303, nextAddress(queue, recorded, 'found'));
			redirect(303, `/desk/escalations/${id}?done=${done}${queueKept(url)}`);
		});
		return withInstitutions(answer);
	};
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
	find: async ({ request, locals, params }: RequestEvent<{ id: string }>) => {
		const { typed } = await readForm(request, ['attachments']);
		return asForm(typed, async () => {
			await escalationView(signedIn(locals), params.id);
			return { issues: [], typed, found: await institutionsFor(typed) };
		});
	},
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

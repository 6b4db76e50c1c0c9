import type { RequestEvent } from '@sveltejs/kit';
import { conversationId } from '#lib/server/channels/incoming/conversation.ts';
import {
	decideReply,
	dismissConversation,
	joinCandidate,
	joinCase,
	referConversation,
	restoreConversation
} from '#lib/server/channels/incoming/decide.ts';
import { openFromConversation } from '#lib/server/channels/incoming/open-from-conversation.ts';
import { conversationView } from '#lib/server/channels/incoming/view.ts';
import { writeTranscript } from '#lib/server/channels/incoming/incoming-files.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { pageOfCase } from '#lib/server/web/forms/desk-case-form.ts';
import { nullIfRefused } from '#lib/server/web/forms/desk-verb.ts';
import { pageAfter } from '#lib/server/web/forms/page-after.ts';
import type { ReadForm } from '#lib/server/web/http/form.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

/** `?report=`: the report that is shown before the messages join it. */
export const load = withActor(async (actor, { params, url }) => {
	const reference = url.searchParams.get('report');
	return {
		shown: await conversationView(actor, conversationId(params.id), url.searchParams.get('cursor') ?? undefined),
		report: reference ? await nullIfRefused(joinCandidate(actor, { reference })) : null,
		done: url.searchParams.get('done')
	};
});

/** An action that returns the address after a decision. */
const verb = (part: string, work: (actor: Actor, id: number, data: ReadForm['data']) => Promise<string>) =>
	formAction(
		(actor, { data }, { params }: RequestEvent<{ id: string }>) => work(actor, conversationId(params.id), data),
		{ part }
	);

export const actions = {
	open: verb('open', async (actor, id, data) => {
		const { reference } = await openFromConversation(id, data, actor);
		return pageOfCase(actor, reference);
	}),
	/** A number that was typed leads to the same page with the report it names. The form shows the proposed ones with their titles. */
	join: verb('join', async (actor, id, { own, number, seen }) => {
		if (number && !seen) {
			const report = await joinCandidate(actor, { reference: number });
			return `/desk/messages/${id}?report=${report.reference}#join`;
		}
		const { reference, fromReporter } = await joinCase(actor, id, { reference: number ?? own });
		return pageAfter(actor, reference, fromReporter ? 'recorded' : 'joined_other', null, '/desk/messages');
	}),
	refer: verb('refer', async (actor, id, data) => {
		const done = await referConversation(actor, id, data);
		return `/desk/messages?done=${done}&of=${id}`;
	}),
	dismiss: verb('dismiss', async (actor, id, data) => {
		await dismissConversation(actor, id, data);
		return `/desk/messages?done=dismissed&of=${id}`;
	}),
	restore: verb('restore', async (actor, id) => {
		await restoreConversation(actor, id);
		return `/desk/messages/${id}?done=restored`;
	}),
	reply: verb('reply', async (actor, id, data) => {
		await decideReply(actor, id, data);
		return `/desk/messages/${id}?done=reply`;
	}),
	transcript: verb('transcript', async (actor, id, { voice, ...data }) => {
		await writeTranscript(actor, String(voice), data);
		return `/desk/messages/${id}?done=transcript`;
	})
};

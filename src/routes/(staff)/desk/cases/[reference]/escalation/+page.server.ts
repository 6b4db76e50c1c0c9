import { ESCALATION_PURPOSES } from '#lib/cases/vocabulary.ts';
import { dryRun } from '#lib/server/escalation/forward/dry-run.ts';
import { escalateCase } from '#lib/server/escalation/forward/forward.ts';
import { previewEscalation } from '#lib/server/escalation/forward/compose.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import type { ReadForm } from '#lib/server/web/http/form.ts';
import { institutionsFor, typedTarget, typedTexts, withInstitutions } from '../../../escalations/typed-report.ts';
import { nextAddress, queueKept, readQueue } from '../../../unrecorded/queue.ts';
import type { RequestEvent } from './$types';

export const load = withActor(async (actor, { params, url }) => {
	const purpose = ESCALATION_PURPOSES.find((one) => one === url.searchParams.get('purpose')) ?? 'record';
	return { preview: await previewEscalation(actor, params.reference, { purpose }) };
});

/** A form names the files it takes along; none ticked means none, not all. */
const reportOf = async (read: ReadForm) => ({
	...read.data,
	...typedTexts(read),
	...(await typedTarget(read)),
	attachments: read.data.attachments ?? []
});

/** A form that names an institution not found brings proposals. */
const reportAction =
	<T>(work: (actor: Actor, read: ReadForm, event: RequestEvent) => Promise<T>) =>
	async (event: RequestEvent) =>
		withInstitutions(await formAction(work, { lists: ['attachments'] })(event));

export const actions = {
	send: reportAction(async (actor, read, { params, url }) => {
		const escalation = await escalateCase(actor, params.reference, await reportOf(read));
		const done = escalation.mode === 'manual' ? 'prepared' : 'forwarded';
		const queue = readQueue(url);
		// Sent by itself, there is nothing left to do for this one.
		if (queue && done === 'forwarded') return nextAddress(queue, params.reference, done);
		return `/desk/escalations/${escalation.id}?done=${done}${queueKept(url)}`;
	}),
	/** Looks for the institution by the name typed, for a browser without scripts. */
	find: reportAction(async (actor, { typed }, { params }) => {
		await previewEscalation(actor, params.reference, { purpose: 'transfer' });
		return { issues: [], typed, found: await institutionsFor(typed) };
	}),
	/** Shows the exact request with what is typed now; nothing is sent. */
	request: reportAction(async (actor, read, { params }) => ({
		issues: [],
		typed: read.typed,
		request: await dryRun(actor, params.reference, await reportOf(read))
	}))
};

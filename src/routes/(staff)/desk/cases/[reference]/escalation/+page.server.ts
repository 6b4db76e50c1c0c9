import { addListToAddress } from '#lib/cases/inbox-query.ts';
import { ESCALATION_PURPOSES } from '#lib/cases/vocabulary.ts';
import { dryRun } from '#lib/server/escalation/forward/dry-run.ts';
import { escalateCase } from '#lib/server/escalation/forward/forward.ts';
import { previewEscalation } from '#lib/server/escalation/forward/compose.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { nextWorkPage } from '#lib/server/web/forms/page-after.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import type { ReadForm } from '#lib/server/web/http/form.ts';
import { institutionsFor, typedTarget, typedTexts, withInstitutions } from '../../../escalations/typed-report.ts';
import { nextAddress, queueParameter, readQueue } from '../../../unrecorded/queue.ts';
import type { RequestEvent } from './$types';

export const load = withActor(async (actor, { params, url }) => {
	const purpose = ESCALATION_PURPOSES.find((purpose) => purpose === url.searchParams.get('purpose')) ?? 'record';
	return { preview: await previewEscalation(actor, params.reference, { purpose }) };
});

/** The report as typed in the form. If no file is ticked, no file is sent; without the field all files would be. */
const reportOf = async (read: ReadForm) => ({
	...read.data,
	...typedTexts(read),
	...(await typedTarget(read)),
	attachments: read.data.attachments ?? []
});

/** Form action that returns matching institutions if the typed institution is refused. */
const reportAction =
	<T>(work: (actor: Actor, read: ReadForm, event: RequestEvent) => Promise<T>) =>
	async (event: RequestEvent) =>
		withInstitutions(await formAction(work, { lists: ['attachments'] })(event));

export const actions = {
	send: reportAction(async (actor, read, { params, url }) => {
		const escalation = await escalateCase(actor, params.reference, await reportOf(read), { atDesk: true });
		const done = escalation.mode === 'manual' ? 'prepared' : 'forwarded';
		const queue = readQueue(url);
		const { reference } = params;
		const list = url.searchParams.get('list');
		// A forward by API needs no further work by a person, so go on to the next case.
		if (done === 'forwarded' && queue) return nextAddress(queue, reference, done);
		const address =
			done === 'forwarded'
				? await nextWorkPage(actor, false, list, { reference, done })
				: `/desk/escalations/${escalation.id}?done=${done}${queueParameter(url)}`;
		return addListToAddress(address, list);
	}),
	/** Searches institutions by the typed name, for browsers without scripts. */
	find: reportAction(async (actor, { typed }, { params }) => {
		await previewEscalation(actor, params.reference, { purpose: 'transfer' });
		return { issues: [], typed, found: await institutionsFor(typed) };
	}),
	/** Shows the exact request for the typed report without sending it. */
	request: reportAction(async (actor, read, { params }) => ({
		issues: [],
		typed: read.typed,
		request: await dryRun(actor, params.reference, await reportOf(read))
	}))
};

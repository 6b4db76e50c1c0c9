import { redirect } from '@sveltejs/kit';
import { ESCALATION_PURPOSES } from '#lib/cases/vocabulary.ts';
import { dryRun } from '#lib/server/escalation/forward/dry-run.ts';
import { escalateCase } from '#lib/server/escalation/forward/forward.ts';
import { previewEscalation } from '#lib/server/escalation/forward/compose.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm, type ReadForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';
import { institutionsFor, typedTarget, withInstitutions } from '../../../escalations/typed-target.ts';
import { typedTexts } from '../../../escalations/typed-texts.ts';
import { nextAddress, queueKept, readQueue } from '../../../unrecorded/queue.ts';

export const load = ({ locals, params, url }) =>
	asPage(async () => {
		const purpose = ESCALATION_PURPOSES.find((one) => one === url.searchParams.get('purpose')) ?? 'record';
		return { preview: await previewEscalation(signedIn(locals), params.reference, { purpose }) };
	});

/** A form names the files it takes along; none ticked means none, not all. */
const reportOf = async (read: ReadForm) => ({
	...read.data,
	...typedTexts(read),
	...(await typedTarget(read)),
	attachments: read.data.attachments ?? []
});

export const actions = {
	send: async ({ request, locals, params, url }) => {
		const read = await readForm(request, ['attachments']);
		const answer = await asForm(read.typed, async () => {
			const escalation = await escalateCase(signedIn(locals), params.reference, await reportOf(read));
			const done = escalation.mode === 'manual' ? 'prepared' : 'forwarded';
			const queue = readQueue(url);
			// Sent by itself, there is nothing left to do for this one.
			if (queue && done === 'forwarded') redirect(303, nextAddress(queue, params.reference, done));
			redirect(303, `/desk/escalations/${escalation.id}?done=${done}${queueKept(url)}`);
		});
		return withInstitutions(answer);
	},
	/** Looks for the institution by the name typed, for a browser without scripts. */
	find: async ({ request, locals, params }) => {
		const { typed } = await readForm(request, ['attachments']);
		return asForm(typed, async () => {
			await previewEscalation(signedIn(locals), params.reference, { purpose: 'transfer' });
			return { issues: [], typed, found: await institutionsFor(typed) };
		});
	},
	/** Shows the exact request with what is typed now; nothing is sent. */
	request: async ({ request, locals, params }) => {
		const read = await readForm(request, ['attachments']);
		const answer = await asForm(read.typed, async () => ({
			issues: [],
			typed: read.typed,
			request: await dryRun(signedIn(locals), params.reference, await reportOf(read))
		}));
		return withInstitutions(answer);
	}
};

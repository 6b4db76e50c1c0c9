import { redirect } from '@sveltejs/kit';
import { ESCALATION_PURPOSES } from '#lib/cases/vocabulary.ts';
import { escalateCase } from '#lib/server/escalation/forward.ts';
import { previewEscalation } from '#lib/server/escalation/preview.ts';
import { asForm, asPage } from '#lib/server/web/answers.ts';
import { readForm } from '#lib/server/web/form.ts';
import { signedIn } from '#lib/server/web/signed-in.ts';
import { typedTexts } from '../../../escalations/typed-texts.ts';

export const load = ({ locals, params, url }) =>
	asPage(async () => {
		const purpose = ESCALATION_PURPOSES.find((one) => one === url.searchParams.get('purpose')) ?? 'record';
		return { preview: await previewEscalation(signedIn(locals), params.reference, { purpose }) };
	});

export const actions = {
	default: async ({ request, locals, params }) => {
		const read = await readForm(request, ['attachments']);
		return asForm(read.typed, async () => {
			// A form names the files it takes along; none ticked means none, not all.
			const attachments = read.data.attachments ?? [];
			const input = { ...read.data, ...typedTexts(read), attachments };
			const escalation = await escalateCase(signedIn(locals), params.reference, input);
			const done = escalation.mode === 'manual' ? 'prepared' : 'forwarded';
			redirect(303, `/desk/escalations/${escalation.id}?done=${done}`);
		});
	}
};

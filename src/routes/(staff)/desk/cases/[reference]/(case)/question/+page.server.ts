import { askReporter } from '#lib/server/cases/conversation/message.ts';
import { previewPause } from '#lib/server/cases/clocks/view-clocks.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const load = withActor(async (actor, { params }) => ({ ahead: await previewPause(actor, params.reference) }));

export const actions = {
	default: deskVerb(
		async ({ actor, reference, data, files }) => {
			await askReporter(actor, reference, data, files);
			return 'asked';
		},
		{ field: 'body', use: 'question' }
	)
};

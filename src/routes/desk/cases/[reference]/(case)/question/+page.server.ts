import { askReporter } from '#lib/server/cases/conversation/message.ts';
import { pauseAhead } from '#lib/server/cases/clocks/view-clocks.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, params }) =>
	asPage(async () => ({ ahead: await pauseAhead(signedIn(locals), params.reference) }));

export const actions = {
	default: deskVerb(
		async ({ actor, reference, data, files }) => {
			await askReporter(actor, reference, data, files);
			return 'asked';
		},
		{ field: 'body', use: 'question' }
	)
};

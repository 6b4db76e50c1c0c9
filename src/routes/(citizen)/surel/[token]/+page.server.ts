import { stoppedMails, stopOrAllowMails } from '#lib/server/channels/unsubscribe.ts';
import { asForm, asPage } from '#lib/server/web/http/error-responses.ts';
import { readForm } from '#lib/server/web/http/form.ts';

/** Opening the link changes nothing, because mail scanners open every link. */
export const load = ({ params }) => asPage(() => stoppedMails(params.token));

export const actions = {
	/** Responds without a redirect, as one-click unsubscribe in mail programs requires (RFC 8058). */
	default: async ({ request, params }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => ({ done: await stopOrAllowMails(params.token, data) }));
	}
};

import { previewDigest, sendDigestNow } from '#lib/server/staff-notices/digest.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => ({
	...(await previewDigest(actor)),
	sent: url.searchParams.has('sent')
}));

export const actions = {
	default: formAction(async (actor) => ((await sendDigestNow(actor)) === 'sent' ? '/desk/digest?sent' : '/desk/digest'))
};

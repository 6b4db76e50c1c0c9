import { json } from '@sveltejs/kit';
import { conversationId } from '#lib/server/channels/incoming/conversation.ts';
import { signConversation } from '#lib/server/live/presence.ts';
import { asApi } from '#lib/server/web/http/error-responses.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/page-access.ts';

export const POST = ({ locals, params, request }) =>
	asApi(async () => {
		const { data } = await readForm(request);
		await signConversation(signedIn(locals), conversationId(params.id), data);
		return json({});
	});

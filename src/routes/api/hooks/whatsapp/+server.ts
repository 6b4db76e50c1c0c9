import { answerChallenge, receiveWebhook } from '#lib/server/channels/whatsapp/receive.ts';
import { hookBody } from '#lib/server/web/http/body-limits.ts';
import { problem } from '#lib/server/web/http/error-responses.ts';

/** Meta asks once whether the address is ours. */
export const GET = async ({ url }) => {
	const challenge = await answerChallenge(url.searchParams);
	if (challenge === undefined) return problem(403);
	return new Response(challenge, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
};

/** Stores what Meta delivers. The signature stands in for a token. */
export const POST = async ({ request }) => {
	const signed = await receiveWebhook(() => hookBody(request), request.headers.get('x-hub-signature-256'));
	return signed ? new Response('ok') : problem(401);
};

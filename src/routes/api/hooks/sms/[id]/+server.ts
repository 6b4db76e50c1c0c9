import { receiveSms } from '#lib/server/channels/sms/receive.ts';
import { problem } from '#lib/server/web/http/error-responses.ts';

/** Stores what the office's SMS gateway delivers. Its secret stands in a header, or in the address if it can send none. */
export const POST = async ({ params, request, url }) => {
	const secret = request.headers.get('x-webhook-secret') ?? url.searchParams.get('secret');
	const received = await receiveSms(params.id, secret, request.headers.get('content-type') ?? '', await request.text());
	if (received === 'refused') return problem(401);
	return received === 'stored' ? new Response('ok') : problem(422);
};

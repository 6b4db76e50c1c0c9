import { receiveSms } from '#lib/server/channels/sms/receive.ts';
import { hookBody } from '#lib/server/web/http/body-limits.ts';
import { problem } from '#lib/server/web/http/error-responses.ts';

/**
 * Stores what the office's SMS gateway delivers. The gateway sends its secret in a header, or in
 * the address if it can't send headers.
 */
export const POST = async ({ params, request, url }) => {
	const secret = request.headers.get('x-webhook-secret') ?? url.searchParams.get('secret');
	const type = request.headers.get('content-type') ?? '';
	const read = async () => new TextDecoder().decode(await hookBody(request));
	const isStored = await receiveSms(params.id, secret, type, read);
	return isStored ? new Response('ok') : problem(401);
};

import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { metricsText } from '#lib/server/web/metrics-response.ts';
import { isOperator } from '#lib/server/web/http/address.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = async (event) => {
	if (!isOperator(event)) error(404, { message: m.error_not_found() });
	const { body, type } = await metricsText();
	return new Response(body, { headers: { 'content-type': type, 'cache-control': 'no-store' } });
};

import { json } from '@sveltejs/kit';
import { readiness } from '#lib/server/health/readiness.ts';
import { isOperator } from '#lib/server/web/http/address.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = async (event) => {
	const state = await readiness();
	const ready = state.database && state.disk && state.jobs !== false;
	const body = { status: ready ? 'ready' : 'not ready', ...(isOperator(event) ? state : {}) };
	return json(body, { status: ready ? 200 : 503, headers: { 'cache-control': 'no-store' } });
};

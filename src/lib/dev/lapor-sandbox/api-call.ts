import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from './handler.ts';
import { doorkeeper, findRoute } from './routes.ts';
import { answerAfter, answerInstead } from './fault-answers.ts';
import type { FaultPlan } from './faults.ts';
import { send, type Incoming } from './http.ts';
import { SANDBOX_API_PATH } from './options.ts';

const SLOW_MS = 5000;

/** Answers one call of the API, or spoils it as the fault plan says. Headers are checked before any fault is due. */
export async function answerApi(
	context: Context & { faults: FaultPlan },
	incoming: Incoming,
	response: ServerResponse
): Promise<void> {
	const stopped = doorkeeper(incoming, context.options);
	if (stopped) return send(response, stopped);
	const route = findRoute(incoming.method, incoming.url.pathname.slice(SANDBOX_API_PATH.length));
	if ('status' in route) return send(response, route);

	const fault = context.faults.pick(route.endpoint, () => `${incoming.url.href}\n${incoming.body.toString('utf8')}`);
	if (fault?.kind === 'reset') return void response.socket?.resetAndDestroy();
	const instead = fault && answerInstead(fault);
	if (instead) return send(response, instead);
	const delay = fault?.delayMs ?? SLOW_MS;
	if (fault?.kind === 'late_store') await wait(delay);

	const answer = await route.handle(context, incoming, route.id);
	if (fault?.kind === 'slow') await wait(delay);
	if (fault?.kind === 'drop_after_store') return void response.socket?.destroy();
	if (fault?.kind === 'partial_answer') {
		response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
		response.write(answer.body.slice(0, Math.floor(answer.body.length / 2)), () => response.socket?.destroy());
		return;
	}
	send(response, fault ? answerAfter(fault, answer) : answer);
}

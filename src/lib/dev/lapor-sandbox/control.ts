import { z } from 'zod';
import { type FaultPlan, faultPlanSchema } from './faults.ts';
import { json, jsonBody, refusal, type Answer, type Incoming } from './http.ts';
import { addInstitutionFollowup, followupSchema, statusSchema } from './moves.ts';
import type { SandboxStore } from './store.ts';

const invalid = (error: z.ZodError) => refusal(422, z.prettifyError(error));

/** The levers of tests: faults, what was received, moves at LAPOR's side. Undefined: not one of them. */
export function answerControl(store: SandboxStore, faults: FaultPlan, incoming: Incoming): Answer | undefined {
	const { method, url } = incoming;
	if (!url.pathname.startsWith('/_')) return undefined;
	switch (`${method} ${url.pathname}`) {
		case 'GET /_faults':
			return json(200, faults.list());
		case 'POST /_faults':
			return setFaults(faults, incoming);
		case 'DELETE /_faults':
			faults.clear();
			return json(200, faults.list());
		case 'GET /_reports':
			return json(200, received(store, url.searchParams.get('text')));
		case 'GET /_files':
			return json(200, store.files);
		case 'POST /_reset':
			store.reset();
			faults.clear();
			return json(200, { reset: true });
		default:
			return moveReport(store, incoming);
	}
}

function setFaults(faults: FaultPlan, incoming: Incoming): Answer {
	const plan = faultPlanSchema.safeParse(jsonBody(incoming));
	if (!plan.success) return invalid(plan.error);
	faults.set(plan.data);
	return json(200, faults.list());
}

/** Oldest first; `text` keeps those whose tag or content holds it. */
function received(store: SandboxStore, text: string | null) {
	if (text === null) return store.reports;
	return store.reports.filter(({ payload }) =>
		[payload['tags_raw'], payload['content']].some((part) => String(part).includes(text))
	);
}

function moveReport(store: SandboxStore, incoming: Incoming): Answer {
	const match = /^\/_reports\/(\d+)(?:\/(status|followups))?$/.exec(incoming.url.pathname);
	const report = match && store.report(Number(match[1]));
	if (!report) return refusal(404, 'Not found.');
	if (incoming.method === 'GET' && !match[2]) return json(200, report);
	if (incoming.method !== 'POST' || !match[2]) return refusal(405, 'Method not allowed.');
	if (match[2] === 'status') {
		const move = statusSchema.safeParse(jsonBody(incoming));
		if (!move.success) return invalid(move.error);
		store.moveStatus(report, move.data.status_name, move.data.note);
		return json(200, report);
	}
	const followup = followupSchema.safeParse(jsonBody(incoming));
	if (!followup.success) return invalid(followup.error);
	return json(201, addInstitutionFollowup(store, report, followup.data));
}

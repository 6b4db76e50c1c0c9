import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Figures of this process for Prometheus. `web/metrics-response.ts` adds those from the database. */
export const registry = new Registry();

const attempts = new Histogram({
	name: 'spatula_escalation_attempt_seconds',
	help: 'Calls to LAPOR by this process, by step and outcome',
	labelNames: ['step', 'outcome'],
	buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
	registers: [registry]
});

/** Outcomes with their own label. All others are `other`, so that no text from LAPOR becomes a label. */
const OUTCOMES: ReadonlySet<string> = new Set([
	'accepted',
	'not_sent',
	'rejected',
	'halted',
	'unknown',
	'late',
	'uploaded',
	'refused',
	'retry',
	'sent',
	'found',
	'absent',
	'unclear',
	'gone'
]);

/** Counts one attempt by its outcome. Responses that came too late are one outcome, whatever they say. */
export function countAttempt(step: string, outcome: string, durationMs: number): void {
	const end = outcome.startsWith('late_') ? 'late' : outcome;
	attempts.observe({ step, outcome: OUTCOMES.has(end) ? end : 'other' }, durationMs / 1000);
}

const streams = new Gauge({
	name: 'spatula_live_streams',
	help: 'Event streams of open desks that this process serves',
	registers: [registry]
});

export function countStreams(change: 1 | -1): void {
	streams.inc(change);
}

const requests = new Histogram({
	name: 'spatula_http_request_seconds',
	help: 'Requests that this process answered, by route and status; an event stream counts until it begins',
	labelNames: ['route', 'status'],
	buckets: [0.025, 0.1, 0.25, 1, 2.5, 10],
	registers: [registry]
});

/** Counts one response. `route` is the pattern of the route, because an address may contain a token. */
export function countRequest(route: string | null, status: number, seconds: number): void {
	requests.observe({ route: route ?? 'none', status: String(status) }, seconds);
}

const mailTries = new Counter({
	name: 'spatula_mail_tries_total',
	help: 'Attempts of this process to send an e-mail, by outcome',
	labelNames: ['outcome'],
	registers: [registry]
});

export function countMailTry(outcome: 'sent' | 'later' | 'refused' | 'unknown'): void {
	mailTries.inc({ outcome });
}

const jobs = new Counter({
	name: 'spatula_jobs_total',
	help: 'Jobs that this process ran, by name and outcome',
	labelNames: ['job', 'outcome'],
	registers: [registry]
});

export function countJob(job: string, outcome: 'done' | 'failed'): void {
	jobs.inc({ job, outcome });
}

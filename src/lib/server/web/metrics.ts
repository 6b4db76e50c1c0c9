import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import { latestBackup } from '#lib/server/backup/list.ts';
import { now } from '#lib/server/clock.ts';
import { circuitFigures, stateFigures, type CircuitStanding } from '#lib/server/escalation/figures.ts';
import {
	CLOCKS_COUNTED,
	caseFigures,
	clockFigures,
	mailFigures,
	queueFigures,
	storageFigures
} from '#lib/server/health/figures.ts';
import { lastHeartbeat } from '#lib/server/jobs/heartbeat.ts';
import { registry as counted } from '#lib/server/metrics.ts';

/** Caches the answer of a query for a while. Callers during the query wait for the same answer. */
function askedOnce<T>(freshMs: number, ask: () => Promise<T>): () => Promise<T> {
	let kept: { until: number; answer: Promise<T> } | undefined;
	return () => {
		const at = now().getTime();
		if (kept && at < kept.until) return kept.answer;
		const answer = ask();
		const mine = { until: at + freshMs, answer };
		kept = mine;
		// After a failure, the next caller asks again.
		answer.catch(() => {
			if (kept === mine) kept = undefined;
		});
		return answer;
	};
}

/** Gauges read from machine and database; counters of the process are separate. */
const registry = new Registry();
collectDefaultMetrics({ register: registry, prefix: 'spatula_' });

/** Cached, because no alarm depends on the last half minute. */
const SLOW_FRESH_MS = 30_000;
const FORWARDS_FRESH_MS = 5_000;

const CIRCUIT_VALUES: Record<CircuitStanding, number> = { closed: 0, open: 1, halted: 2 };

const cases = askedOnce(SLOW_FRESH_MS, caseFigures);
const clocks = askedOnce(SLOW_FRESH_MS, clockFigures);
const letters = askedOnce(FORWARDS_FRESH_MS, mailFigures);
const queues = askedOnce(SLOW_FRESH_MS, queueFigures);
const storage = askedOnce(SLOW_FRESH_MS, storageFigures);
const backup = askedOnce(SLOW_FRESH_MS, latestBackup);
const forwards = askedOnce(FORWARDS_FRESH_MS, stateFigures);
const circuits = askedOnce(FORWARDS_FRESH_MS, circuitFigures);

new Gauge({
	name: 'spatula_cases',
	help: 'Cases by status; ended: closed, archived and destroyed ones together',
	labelNames: ['status'],
	registers: [registry],
	async collect() {
		for (const [status, n] of Object.entries(await cases())) this.set({ status }, n);
	}
});

new Gauge({
	name: 'spatula_clocks',
	help: `Promises of the office by how they press, counted up to ${CLOCKS_COUNTED}`,
	labelNames: ['state'],
	registers: [registry],
	async collect() {
		for (const [state, n] of Object.entries(await clocks())) this.set({ state }, n);
	}
});

new Gauge({
	name: 'spatula_queue_jobs',
	help: 'Jobs in the queue by name and state, as the queue counted them within the last minute; failed ones for an hour',
	labelNames: ['job', 'state'],
	registers: [registry],
	async collect() {
		for (const { job, state, n } of await queues()) this.set({ job, state }, n);
	}
});

new Gauge({
	name: 'spatula_escalations',
	help: 'Forwards to LAPOR by state',
	labelNames: ['state'],
	registers: [registry],
	async collect() {
		for (const { state, count } of await forwards()) this.set({ state }, count);
	}
});

new Gauge({
	name: 'spatula_escalation_oldest_seconds',
	help: 'How long the forward that has stood longest in a state has stood there; 0 where none does',
	labelNames: ['state'],
	registers: [registry],
	async collect() {
		for (const { state, oldest } of await forwards()) {
			if (state === 'closed') continue;
			this.set({ state }, oldest ? Math.max(0, now().getTime() - oldest.getTime()) / 1000 : 0);
		}
	}
});

new Gauge({
	name: 'spatula_lapor_circuit',
	help: 'Calls to an endpoint of LAPOR: 0 made, 1 left alone for a while after failures, 2 stopped until an administrator acts',
	labelNames: ['endpoint'],
	registers: [registry],
	async collect() {
		for (const { endpoint, standing } of await circuits()) this.set({ endpoint }, CIRCUIT_VALUES[standing]);
	}
});

new Gauge({
	name: 'spatula_lapor_halted',
	help: 'Whether the connection to LAPOR is stopped until an administrator acts',
	registers: [registry],
	async collect() {
		this.set((await circuits()).some(({ standing }) => standing === 'halted') ? 1 : 0);
	}
});

new Gauge({
	name: 'spatula_mails',
	help: 'Letters by state: what waits or is being sent, and what failed or may have arrived and nobody has decided yet',
	labelNames: ['state'],
	registers: [registry],
	async collect() {
		for (const [state, n] of Object.entries(await letters())) this.set({ state }, n);
	}
});

new Gauge({
	name: 'spatula_storage_bytes',
	help: 'Bytes of the disk under DATA_DIR, free and in all, and of the database',
	labelNames: ['of'],
	registers: [registry],
	async collect() {
		for (const [of, bytes] of Object.entries(await storage())) this.set({ of }, bytes);
	}
});

new Gauge({
	name: 'spatula_jobs_heartbeat_seconds',
	help: 'Seconds since jobs were last being done, in whichever process; -1 where they never were',
	registers: [registry],
	async collect() {
		const last = await lastHeartbeat();
		this.set(last ? Math.max(0, now().getTime() - last.getTime()) / 1000 : -1);
	}
});

new Gauge({
	name: 'spatula_backup_age_seconds',
	help: 'Age of the newest backup that was read back to its end; -1 where there is none',
	registers: [registry],
	async collect() {
		const latest = await backup();
		this.set(latest ? Math.max(0, now().getTime() - latest.getTime()) / 1000 : -1);
	}
});

/** The figures in Prometheus' text form. */
export async function metricsText(): Promise<{ body: string; type: string }> {
	const all = Registry.merge([registry, counted]);
	return { body: await all.metrics(), type: all.contentType };
}

import { sql } from 'drizzle-orm';
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import { now } from '../clock.ts';
import { db, rowsOf } from '../db/index.ts';

const registry = new Registry();
collectDefaultMetrics({ register: registry, prefix: 'spatula_' });

new Gauge({
	name: 'spatula_cases',
	help: 'Cases by status',
	labelNames: ['status'],
	registers: [registry],
	async collect() {
		this.reset();
		for (const row of await rowsOf<{ status: string; n: number }>(
			db(),
			sql`select status, count(*)::int as n from cases group by status`
		)) {
			this.set({ status: row.status }, Number(row.n));
		}
	}
});

const escalations = new Gauge({
	name: 'spatula_escalations',
	help: 'Forwards to LAPOR by state',
	labelNames: ['state'],
	registers: [registry]
});

new Gauge({
	name: 'spatula_escalation_oldest_seconds',
	help: 'Age of the oldest forward in each state that has not reached LAPOR',
	labelNames: ['state'],
	registers: [registry],
	async collect() {
		this.reset();
		escalations.reset();
		for (const row of await rowsOf<{ state: string; n: number; oldest: string | Date }>(
			db(),
			sql`select state, count(*)::int as n, min(created_at) as oldest from escalations group by state`
		)) {
			escalations.set({ state: row.state }, Number(row.n));
			if (row.state === 'sent' || row.state === 'closed') continue;
			this.set({ state: row.state }, (now().getTime() - new Date(row.oldest).getTime()) / 1000);
		}
	}
});

/** The figures in Prometheus' text form. */
export async function metricsText(): Promise<{ body: string; type: string }> {
	return { body: await registry.metrics(), type: registry.contentType };
}

import { randomUUID } from 'node:crypto';
import { freePort } from '#lib/dev/testing/postgres-server.ts';
import { startPart, waitFor, type Part } from '../demo/part.ts';

export interface MeasuredSite {
	origin: string;
	/** The settings it runs under, for scripts that work on the same database. */
	settings: Record<string, string>;
	start: () => Promise<Part>;
}

/** A built site as it is measured: as in production, on a port of its own, without budgets and nearly mute. */
export async function measuredSite(own: Record<string, string>): Promise<MeasuredSite> {
	const port = await freePort();
	const origin = `http://127.0.0.1:${port}`;
	const settings = {
		NODE_ENV: 'production',
		APP_KEY: `bench-${randomUUID()}`,
		ORIGIN: origin,
		HOST: '127.0.0.1',
		PORT: String(port),
		LIMITS: 'off',
		LOG_LEVEL: 'error',
		...own
	};
	const start = async () => {
		const part = startPart('the site', 'src/server.ts', settings);
		await waitFor(part, `${origin}/readyz`);
		return part;
	};
	return { origin, settings, start };
}

import { freePort } from '#lib/dev/testing/postgres-server.ts';
import { startPart, waitFor, type Part } from '../demo/part.ts';

/** A site that is killed now and then and started again at the same address. */
export interface RestartedSite {
	origin: string;
	/** Ends it as a crash would and starts it again; resolves when it answers. Undefined where it is only just starting. */
	crash(): Promise<void> | undefined;
	stop(): Promise<void>;
}

/** Two addresses on this machine, known to each other before either site starts. */
export async function twoOrigins(): Promise<[string, string]> {
	return [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
}

/** Starts the built site at `origin`. */
export async function startRestarted(origin: string, settings: Record<string, string>): Promise<RestartedSite> {
	const { port, hostname } = new URL(origin);
	const start = () => startPart('a site', 'src/server.ts', { ...settings, HOST: hostname, PORT: port });
	const ready = (part: Part) => waitFor(part, `${origin}/readyz`);
	let part = start();
	let starting = false;
	await ready(part);
	const crash = async () => {
		starting = true;
		try {
			await part.kill();
			part = start();
			await ready(part);
		} finally {
			starting = false;
		}
	};
	return { origin, crash: () => (starting ? undefined : crash()), stop: () => part.stop() };
}

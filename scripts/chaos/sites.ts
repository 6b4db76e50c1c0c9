import { freePort } from '#lib/dev/testing/postgres-server.ts';
import { builtSite } from '../site/start.ts';

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
	const { start } = await builtSite({ ...settings, PORT: new URL(origin).port });
	let part = await start();
	let starting = false;
	const crash = async () => {
		starting = true;
		try {
			await part.kill();
			part = await start();
		} finally {
			starting = false;
		}
	};
	return { origin, crash: () => (starting ? undefined : crash()), stop: async () => void (await part.stop()) };
}

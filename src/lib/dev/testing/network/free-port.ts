import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const given = new Set<number>();

/**
 * A port on which nothing listens and that this process was not given before. Ports from 32,000 on are not used: the
 * system gives them to outgoing connections, which could take the port first.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
	for (;;) {
		const port = randomInt(10_240, 32_000);
		if (given.has(port)) continue;
		given.add(port);
		const server = createServer();
		const isFree = await new Promise<boolean>((done) => {
			server.once('error', () => done(false));
			server.listen(port, host, () => server.close(() => done(true)));
		});
		if (isFree) return port;
	}
}

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A port on which nothing listens. It is below those that systems give to outgoing connections, because one of these
 * could take it before the program listens.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
	for (;;) {
		const port = randomInt(10_240, 32_000);
		const server = createServer();
		const isFree = await new Promise<boolean>((done) => {
			server.once('error', () => done(false));
			server.listen(port, host, () => server.close(() => done(true)));
		});
		if (isFree) return port;
	}
}

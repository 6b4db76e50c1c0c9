import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { StartError } from '#lib/server/errors.ts';

/** Where a phone in the same network finds this machine. */
export function lanAddresses(): string[] {
	return Object.values(networkInterfaces())
		.flatMap((addresses) => addresses ?? [])
		.filter(({ family, internal }) => family === 'IPv4' && !internal)
		.map(({ address }) => address);
}

/**
 * The port itself where nobody listens on it, a free one for 0.
 *
 * @throws StartError where it is taken
 */
export function usablePort(port: number, host: string, option: string): Promise<number> {
	return new Promise((done, failed) => {
		const probe = createServer();
		probe.once('error', (error: NodeJS.ErrnoException) =>
			failed(
				new StartError(
					error.code === 'EADDRINUSE'
						? `port ${port} is in use: choose another one with ${option}`
						: `port ${port} can't be used: ${error.message}`
				)
			)
		);
		probe.listen(port, host, () => {
			const chosen = (probe.address() as AddressInfo).port;
			probe.close(() => done(chosen));
		});
	});
}

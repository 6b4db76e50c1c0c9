import { setTimeout as wait } from 'node:timers/promises';

/** Reads the heap of a process whose inspector listens on loopback. */
export interface HeapReader {
	/** Megabytes of reachable objects, after a collection. */
	used(): Promise<number>;
	close(): void;
}

/** Connects to the inspector, so that the product needs no code for a measurement. */
export async function openHeapReader(port: number): Promise<HeapReader> {
	const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
		webSocketDebuggerUrl: string;
	}[];
	if (!target) throw new Error('the inspector shows no process');
	const socket = new WebSocket(target.webSocketDebuggerUrl);
	await new Promise((done, failed) => {
		socket.addEventListener('open', done, { once: true });
		socket.addEventListener('error', () => failed(new Error('the inspector does not answer')), { once: true });
	});
	let next = 0;
	const call = (method: string) =>
		new Promise<Record<string, number>>((done) => {
			const id = ++next;
			const onMessage = ({ data }: MessageEvent<string>) => {
				const answer = JSON.parse(data) as { id?: number; result?: Record<string, number> };
				if (answer.id !== id) return;
				socket.removeEventListener('message', onMessage);
				done(answer.result ?? {});
			};
			socket.addEventListener('message', onMessage);
			socket.send(JSON.stringify({ id, method }));
		});
	return {
		async used() {
			// The second collection frees what the finalizers of the first let go.
			await call('HeapProfiler.collectGarbage');
			await wait(100);
			await call('HeapProfiler.collectGarbage');
			return ((await call('Runtime.getHeapUsage')).usedSize ?? NaN) / 1024 ** 2;
		},
		close: () => socket.close()
	};
}

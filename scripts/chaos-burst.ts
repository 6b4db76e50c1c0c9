import { parseArgs } from 'node:util';
import { StartError } from '#lib/server/errors.ts';
import { runBurst, type BurstResult, type Engine } from './chaos-burst/run.ts';
import { longRun, wholeNumber } from './long-run.ts';

const USAGE = `npm run chaos:burst -- [options]
  --rate N       ratings per second, sent whether or not the ones before were answered (200)
  --for N        seconds of it (10)
  --heap N       megabytes of heap that the site may use (512)
  --engine NAME  pglite or postgres; both without it
  --seconds N    the whole run takes no longer (300)
Needs a build (npm run build). Ends with code 1 where a rating was not taken, or one that was taken is not stored.`;

function options() {
	const { values } = parseArgs({
		options: {
			rate: { type: 'string', default: '200' },
			for: { type: 'string', default: '10' },
			heap: { type: 'string', default: '512' },
			engine: { type: 'string' },
			seconds: { type: 'string', default: '300' }
		}
	});
	const engines = (['pglite', 'postgres'] as const).filter((name) => !values.engine || name === values.engine);
	if (engines.length === 0) throw new StartError('--engine is pglite or postgres');
	return {
		rate: wholeNumber(values.rate, '--rate'),
		burstSeconds: wholeNumber(values.for, '--for'),
		heapMb: wholeNumber(values.heap, '--heap', 63),
		seconds: wholeNumber(values.seconds, '--seconds'),
		engines
	};
}

function print(engine: Engine, result: BurstResult): void {
	const line = (name: string, value: string) => console.log(`${name.padEnd(20)} ${value}`);
	const ms = (value: number) => `${value.toFixed(0)} ms`;
	line('database', engine);
	line('sent / taken', `${result.sent} / ${result.taken}, stored ${result.stored}`);
	line('refused, broken', `${result.refused}, ${result.broken}${result.firstError ? ` (${result.firstError})` : ''}`);
	line('answered within', `median ${ms(result.medianMs)}, 99 % ${ms(result.p99Ms)}, slowest ${ms(result.slowestMs)}`);
	line('the last after', `${(result.tookMs / 1000).toFixed(1)} s`);
	line('memory of the site', `${result.rssMb.toFixed(0)} MB (heap ${result.heapMb.toFixed(0)})`);
}

await longRun(USAGE, async (signal) => {
	const { engines, ...burst } = options();
	let well = true;
	for (const engine of engines) {
		const result = await runBurst(engine, { ...burst, signal });
		print(engine, result);
		well &&= result.taken === result.sent && result.stored === result.taken;
	}
	return well;
});

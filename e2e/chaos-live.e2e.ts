import { expect, test } from './support/test.ts';
import { runLive } from '../scripts/chaos-live/run.ts';
import { median } from '../scripts/print-results.ts';

/** The run's own limit is shorter, so that it cleans up before the test is ended. */
const SECONDS = 240;

test('open desks on two sites receive every report of a burst, although one site is killed halfway', async () => {
	test.setTimeout((SECONDS + 60) * 1000);
	const lines: string[] = [];
	const result = await runLive({
		handlers: 8,
		lines: 2,
		reports: 24,
		burstSeconds: 8,
		changes: 150,
		kill: true,
		signal: AbortSignal.timeout(SECONDS * 1000),
		say: (line) => lines.push(line)
	});
	expect(result.expected, lines.join('\n')).toBe(16 * 24);
	expect(result.seen).toBe(result.expected);
	expect(median(result.took)).toBeLessThan(2000);
	expect(result.reopened).toBeGreaterThan(0);
});

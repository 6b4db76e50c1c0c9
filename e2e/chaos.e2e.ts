import { expect, test } from './support/test.ts';
import { runChaos } from '../scripts/chaos/run.ts';

/** The run's own limit is shorter, so that it cleans up before the test is ended. */
const SECONDS = 240;

test('forwards survive kills of two sites and a LAPOR that fails: none lost, none stored twice', async () => {
	test.setTimeout((SECONDS + 60) * 1000);
	const lines: string[] = [];
	const result = await runChaos({
		forwards: 60,
		seed: 3,
		killSeconds: 4,
		kills: 3,
		signal: AbortSignal.timeout(SECONDS * 1000),
		say: (line) => lines.push(line)
	});
	expect(result.acknowledged, lines.join('\n')).toBe(60);
	expect(result.duplicates).toEqual([]);
	expect(result.lost).toEqual([]);
	expect(result.unknown.left).toBe(0);
	expect(result.sent).toBeGreaterThanOrEqual(60);
	expect(result.kills).toBeGreaterThanOrEqual(3);
	// LAPOR failed during the run: `served` counts its faults by kind.
	expect([...result.served.values()].reduce((sum, n) => sum + n, 0)).toBeGreaterThan(10);
});

import * as fc from 'fast-check';
import { describe, it, vi } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { COMMANDS, OPENING, describeOpening } from '#lib/dev/testing/forwarding/commands.ts';
import { runFinalPhases } from '#lib/dev/testing/forwarding/final-checks.ts';
import { openAndEscalate } from '#lib/dev/testing/forwarding/people.ts';
import { clock, newWorld } from '#lib/dev/testing/forwarding/world.ts';
import { useLapor } from '#lib/dev/testing/lapor.ts';
import { isRepeated, rounds } from '#lib/dev/testing/random-tests.ts';

vi.mock(import('#lib/server/db/index.ts'), async (original) =>
	(await import('#lib/dev/testing/forwarding/crashing-worker.ts')).crashingDatabase(await original())
);
vi.mock(import('./connection/lapor-client.ts'), async (original) =>
	(await import('#lib/dev/testing/forwarding/crashing-worker.ts')).crashingClient(await original())
);

useFreshDatabase();
const lapor = useLapor({}, () => clock.now);

const numRuns = rounds({ quick: 1, all: 30 });

/** Stops a run that hangs. It includes the time for shrinking a failure that is repeated. */
const timeout = 300_000 + numRuns * 20_000;

describe('forwarding under random commands and faults', () => {
	it('loses and repeats no report, takes no step back, and gives a reason for every delay', { timeout }, async () => {
		await fc.assert(
			fc.asyncProperty(OPENING, fc.commands(COMMANDS, { maxCommands: 30, size: 'max' }), async (first, commands) => {
				const world = await newWorld(lapor);
				await withClock(
					() => clock.now,
					async () => {
						world.log.push(`${describeOpening(first)}: ${await openAndEscalate(world, first)}`);
						await fc.asyncModelRun(() => ({ model: { cases: 1 }, real: world }), commands);
						await runFinalPhases(world);
					}
				);
			}),
			// A biased run is often too short: half of the runs would end before anything happens.
			// A shorter history is found in many minutes, and a time-out before its end would hide seed and counterexample.
			{ numRuns, unbiased: true, endOnFailure: !isRepeated }
		);
	});
});

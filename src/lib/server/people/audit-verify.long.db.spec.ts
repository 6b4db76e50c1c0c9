import { expect, test } from 'vitest';
import { transaction } from '#lib/server/db/index.ts';
import { recordChange } from './audit.ts';
import { verifyLog } from './audit-verify.ts';

const ENTRIES = 100_000;
const PER_COMMIT = 1000;

test('verifies 100,000 entries in less than half the time of their writing, in pages', async () => {
	const started = performance.now();
	for (let written = 0; written < ENTRIES; written += PER_COMMIT) {
		await transaction(async (tx) => {
			for (let n = 0; n < PER_COMMIT; n += 1) {
				const [before, after] = [
					{ name: `Petugas ${n}`, active: true },
					{ name: `Petugas ${n + 1}`, active: false }
				];
				await recordChange(tx, null, {
					action: 'officer.changed',
					subject: `Petugas ${n}`,
					reason: 'uji',
					before,
					after
				});
			}
		});
	}
	const began = performance.now();
	expect(await verifyLog()).toEqual({ entries: ENTRIES, destroyed: 0, first: null, others: 0 });
	// Ten seconds and less on a quiet machine.
	expect(performance.now() - began).toBeLessThan((began - started) / 2);
});

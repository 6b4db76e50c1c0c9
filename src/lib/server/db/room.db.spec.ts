import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { withDiskSpace } from '#lib/server/disk-space.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { asForm } from '#lib/server/web/http/answers.ts';
import { readiness } from '#lib/server/web/health.ts';
import { db, handle } from './index.ts';
import { saysStorageFull } from './room.ts';
import { cases } from './schema/cases.ts';

useFreshDatabase();

const MEGABYTE = 1024 ** 2;
const full = <T>(work: () => T): T => withDiskSpace(() => ({ free: 60 * MEGABYTE, size: 1024 * MEGABYTE }), work);

it('a disk without room refuses what the embedded database would store, with everything typed, and readyz says so', async () => {
	const unit = await makeUnit();
	const typed = { body: 'Kursi ruang tunggu patah.' };
	const answer = (await full(() => asForm(typed, () => makeCase(unit)))) as { status?: number; data?: unknown };
	const stored = await db().select({ id: cases.id }).from(cases).where(eq(cases.unitId, unit.id));
	if (handle().kind === 'postgres') {
		expect(stored).toHaveLength(1);
		return;
	}
	expect(answer).toMatchObject({ status: 507, data: { typed, issues: [{ code: 'refused' }] } });
	expect(stored).toEqual([]);
	expect(await full(() => readiness())).toMatchObject({ database: true, disk: false });
	expect(await readiness()).toMatchObject({ disk: true });
	await makeCase(unit);
});

it('the code of PostgreSQL for a full disk is found under any wrapping; readyz believes it for a minute', async () => {
	const cause = Object.assign(new Error('could not extend file'), { code: '53100' });
	expect(saysStorageFull(new Error('Failed query: insert', { cause }))).toBe(true);
	expect(await readiness()).toMatchObject({ disk: false });
	expect(saysStorageFull(Object.assign(new Error('duplicate'), { code: '23505' }))).toBe(false);
});

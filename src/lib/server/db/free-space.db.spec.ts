import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { withDiskSpace } from '#lib/server/disk-space.ts';
import { makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';
import { readiness } from '#lib/server/health/readiness.ts';
import { findingsOf } from '#lib/server/health/report.ts';
import { db, handle, useHandle } from './index.ts';
import { isStorageFullError } from './free-space.ts';
import { postgresHandle } from './open.ts';
import { cases } from './schema/cases.ts';

const MEGABYTE = 1024 ** 2;
const full = <T>(work: () => T): T => withDiskSpace(() => ({ free: 60 * MEGABYTE, size: 1024 * MEGABYTE }), work);

it('a full disk refuses a form of the embedded database, gives back the typed text, and readyz reports it', async () => {
	const unit = await makeUnit();
	const typed = { body: 'Kursi ruang tunggu patah.' };
	const response = (await full(() => asForm(typed, () => makeCase(unit)))) as { status?: number; data?: unknown };
	const stored = await db().select({ id: cases.id }).from(cases).where(eq(cases.unitId, unit.id));
	if (handle().kind === 'postgres') {
		expect(stored).toHaveLength(1);
		return;
	}
	expect(response).toMatchObject({ status: 507, data: { typed, issues: [{ code: 'refused' }] } });
	expect(stored).toEqual([]);
	expect(await full(() => readiness())).toMatchObject({ database: true, disk: false });
	expect(await readiness()).toMatchObject({ disk: true });
	await makeCase(unit);
});

it('a read-only database refuses a form with 503, gives back the typed text, and is not ready', async ({ skip }) => {
	const unit = await makeUnit();
	const writable = handle();
	if (writable.kind === 'pglite') return skip();
	const readOnly = postgresHandle(writable.url, 2, { connection: { default_transaction_read_only: true } });
	useHandle(readOnly);
	try {
		const typed = { body: 'Kursi ruang tunggu patah.' };
		expect(await asForm(typed, () => makeCase(unit))).toMatchObject({ status: 503, data: { typed } });
		expect(await readiness()).toMatchObject({ database: false });
		expect(await findingsOf('database')).toMatchObject([{ condition: 'bad', code: 'database_read_only' }]);
	} finally {
		useHandle(writable);
		await readOnly.close();
	}
});

it('a wrapped disk-full code of PostgreSQL is recognised, and readyz reports it', async () => {
	const cause = Object.assign(new Error('could not extend file'), { code: '53100' });
	expect(isStorageFullError(new Error('Failed query: insert', { cause }))).toBe(true);
	expect(await readiness()).toMatchObject({ disk: false });
	expect(await findingsOf('database')).toMatchObject([{ condition: 'bad', code: 'database_full' }]);
	expect(isStorageFullError(Object.assign(new Error('duplicate'), { code: '23505' }))).toBe(false);
});

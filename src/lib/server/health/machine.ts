import { sql } from 'drizzle-orm';
import { reservedBytes } from '#lib/server/attachments/room.ts';
import { now } from '#lib/server/clock.ts';
import { db, handle, rowsOf } from '#lib/server/db/index.ts';
import { diskSpace } from '#lib/server/disk-space.ts';
import type { Finding } from './finding.ts';
import { storageFigures } from './figures.ts';
import { recentErrors } from '#lib/server/recent-errors.ts';

/** A question that takes the database longer than this makes every page slow. */
const SLOW_MS = 250;

export async function databaseFinding(): Promise<Finding> {
	const { kind } = handle();
	const began = performance.now();
	await db().execute(sql`select 1`);
	const took = Math.round(performance.now() - began);
	const { database: bytes } = await storageFigures();
	const data = { kind, took, bytes };
	if (took > SLOW_MS) return { subject: 'database', condition: 'watch', code: 'database_slow', data };
	return { subject: 'database', condition: 'good', code: 'database_good', data };
}

const GIGABYTE = 1024 ** 3;
/** Below this a busy month of photos fills the rest. */
const LOW = { bytes: 2 * GIGABYTE, share: 0.1 };

export async function diskFinding(): Promise<Finding> {
	const { free, size } = await diskSpace();
	const reserved = reservedBytes();
	const data = { free, size, reserved };
	if (free < reserved) return { subject: 'disk', condition: 'bad', code: 'disk_full', data };
	const low = free < LOW.bytes || free < size * LOW.share;
	return low
		? { subject: 'disk', condition: 'watch', code: 'disk_low', data }
		: { subject: 'disk', condition: 'good', code: 'disk_good', data };
}

/** Deadlines are counted by this machine's clock: one that is wrong by a minute or more makes promises wrong. */
const WRONG_SECONDS = 60;

/** A database on another machine has a clock of its own, which ours is compared with; the embedded one shares ours. */
export async function clockFinding(): Promise<Finding> {
	if (handle().kind === 'pglite')
		return { subject: 'clock', condition: 'good', code: 'clock_alone', data: { at: now() } };
	const [row] = await rowsOf<{ at: string | Date }>(db(), sql`select clock_timestamp() as at`);
	const seconds = Math.round(Math.abs(now().getTime() - new Date(row?.at ?? now()).getTime()) / 1000);
	const data = { seconds, at: now() };
	return seconds >= WRONG_SECONDS
		? { subject: 'clock', condition: 'bad', code: 'clock_differs', data }
		: { subject: 'clock', condition: 'good', code: 'clock_agrees', data };
}

export function errorsFinding(): Finding {
	const { count, last } = recentErrors();
	if (count === 0 || !last) return { subject: 'errors', condition: 'good', code: 'errors_none' };
	return { subject: 'errors', condition: 'watch', code: 'errors_some', data: { count, last } };
}

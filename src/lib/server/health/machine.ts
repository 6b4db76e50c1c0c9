import { sql } from 'drizzle-orm';
import about from '../../../../package.json' with { type: 'json' };
import { reservedBytes } from '#lib/server/attachments/room.ts';
import { now } from '#lib/server/clock.ts';
import { db, handle, rowsOf } from '#lib/server/db/index.ts';
import { diskSpace } from '#lib/server/disk-space.ts';
import { recentErrors } from '#lib/server/recent-errors.ts';
import { env } from '#lib/server/env.ts';
import { finding, type Finding } from './finding.ts';
import { storageFigures } from './figures.ts';

/** A question that takes the database longer than this makes every page slow. */
const SLOW_MS = 250;

export async function databaseFinding(): Promise<Finding> {
	const { kind } = handle();
	const began = performance.now();
	await db().execute(sql`select 1`);
	const took = Math.round(performance.now() - began);
	const { database: bytes } = await storageFigures();
	const data = { kind, took, bytes };
	if (took > SLOW_MS) return finding('database', 'watch', 'database_slow', data);
	return finding('database', 'good', 'database_good', data);
}

const GIGABYTE = 1024 ** 3;
/** Below this a busy month of photos fills the rest. */
const LOW = { bytes: 2 * GIGABYTE, share: 0.1 };

export async function diskFinding(): Promise<Finding> {
	const { free, size } = await diskSpace();
	const reserved = reservedBytes();
	const data = { free, size, reserved };
	if (free < reserved) return finding('disk', 'bad', 'disk_full', data);
	const low = free < LOW.bytes || free < size * LOW.share;
	return low ? finding('disk', 'watch', 'disk_low', data) : finding('disk', 'good', 'disk_good', data);
}

/** Deadlines are counted by this machine's clock: one that is wrong by a minute or more makes promises wrong. */
const WRONG_SECONDS = 60;

/** A database on another machine has a clock of its own, which ours is compared with; the embedded one shares ours. */
export async function clockFinding(): Promise<Finding> {
	if (handle().kind === 'pglite') return finding('clock', 'good', 'clock_alone', { at: now() });
	const [row] = await rowsOf<{ at: string | Date }>(db(), sql`select clock_timestamp() as at`);
	const seconds = Math.round(Math.abs(now().getTime() - new Date(row?.at ?? now()).getTime()) / 1000);
	const data = { seconds, at: now() };
	if (seconds >= WRONG_SECONDS) return finding('clock', 'bad', 'clock_differs', data);
	return finding('clock', 'good', 'clock_agrees', data);
}

export function errorsFinding(): Finding {
	const { count, last } = recentErrors();
	if (count === 0 || !last) return finding('errors', 'good', 'errors_none');
	return finding('errors', 'watch', 'errors_some', { count, last });
}

/** What the request that asks shows of the way to the site. */
export interface Seen {
	/** Whether a proxy said for whom it asks. */
	forwarded: boolean;
}

/** Settings that look wrong, one finding each; none: one that says so. */
export function settingsFindings({ forwarded }: Seen): Finding[] {
	const { ORIGIN, TRUST_PROXY, DEMO, LIMITS, NODE_ENV } = env();
	const wrong: [boolean, Finding['condition'], string][] = [
		[DEMO, 'watch', 'settings_demo'],
		[!LIMITS, 'bad', 'settings_limits'],
		[NODE_ENV === 'production' && !DEMO && !!ORIGIN?.some((one) => one.startsWith('http:')), 'bad', 'settings_origin'],
		[forwarded && TRUST_PROXY === 0, 'bad', 'settings_proxy'],
		[!forwarded && TRUST_PROXY > 0, 'watch', 'settings_no_proxy']
	];
	const found = wrong.filter(([is]) => is).map(([, condition, code]) => finding('settings', condition, code));
	return found.length > 0 ? found : [finding('settings', 'good', 'settings_good')];
}

/** What runs here, and since when. */
export function siteFinding(): Finding {
	const since = new Date(now().getTime() - process.uptime() * 1000);
	return finding('site', 'good', 'site_good', { version: about.version, since });
}

import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import about from '../../../../package.json' with { type: 'json' };
import { reservedBytes } from '#lib/server/attachments/disk-reserve.ts';
import { newestFiles } from '#lib/server/attachments/newest-files.ts';
import { ago, now } from '#lib/server/clock.ts';
import { FILE_FOLDERS, usableFolder } from '#lib/server/db/folder-lock.ts';
import { hasDatabaseSpace } from '#lib/server/db/free-space.ts';
import { db, handle, rowsOf } from '#lib/server/db/index.ts';
import { diskSpace } from '#lib/server/disk-space.ts';
import { recentErrors } from '#lib/server/recent-errors.ts';
import { env, mistypedSettings } from '#lib/server/env.ts';
import { finding, type Finding, type FindingCode } from './finding.ts';
import { storageFigures } from './figures.ts';
import { isWritable } from './readiness.ts';

/** A simple query that takes longer than this means that every page is slow. */
const SLOW_MS = 250;

export async function databaseFinding(): Promise<Finding> {
	const { kind } = handle();
	if (!(await hasDatabaseSpace(kind))) return finding('database', 'bad', 'database_full');
	const began = performance.now();
	if (!(await isWritable())) return finding('database', 'bad', 'database_read_only', { kind });
	const took = Math.round(performance.now() - began);
	const { database: size } = await storageFigures();
	const data = { kind, took, size };
	if (took > SLOW_MS) return finding('database', 'watch', 'database_slow', data);
	return finding('database', 'good', 'database_good', data);
}

/** Why files of reports can't be stored in DATA_DIR; undefined if they can. */
async function folderFault(): Promise<string | undefined> {
	try {
		for (const own of FILE_FOLDERS) await usableFolder(join(env().DATA_DIR, own));
		return undefined;
	} catch (error) {
		return (error as Error).message;
	}
}

const GIGABYTE = 1024 ** 3;
/** With less free space than this, the photos of a busy month may fill the disk. */
const LOW_SPACE = { bytes: 2 * GIGABYTE, share: 0.1 };

export async function diskFinding(): Promise<Finding> {
	const { free, size } = await diskSpace();
	const reserved = reservedBytes();
	const data = { free, size, reserved };
	if (free < reserved) return finding('disk', 'bad', 'disk_full', data);
	const reason = await folderFault();
	if (reason) return finding('disk', 'bad', 'disk_unwritable', { reason });
	const { compared, missing } = await newestFiles();
	if (compared > 0 && missing === compared) return finding('disk', 'bad', 'disk_files_missing', { compared });
	const low = free < LOW_SPACE.bytes || free < size * LOW_SPACE.share;
	return low ? finding('disk', 'watch', 'disk_low', data) : finding('disk', 'good', 'disk_good', data);
}

/** Deadlines are computed with this machine's clock. A clock that is wrong by this much makes them wrong. */
const WRONG_SECONDS = 60;

/**
 * Compares our clock with the clock of the PostgreSQL server, which may run on another machine. The embedded database uses
 * our clock.
 */
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
	return finding('errors', 'watch', 'errors_some', { count, at: last });
}

/** What the present request shows about a proxy before the site. */
export interface RequestFacts {
	/** Whether a proxy added the client's address. */
	forwarded: boolean;
}

/** One finding per setting that looks wrong, or one finding that all are good. */
export function settingsFindings({ forwarded }: RequestFacts): Finding[] {
	const { ORIGIN, TRUST_PROXY, DEMO, LIMITS, NODE_ENV } = env();
	const checks: [boolean, Finding['condition'], FindingCode][] = [
		[DEMO, 'watch', 'settings_demo'],
		[!LIMITS, 'bad', 'settings_limits'],
		[NODE_ENV === 'production' && !DEMO && !!ORIGIN?.some((one) => one.startsWith('http:')), 'bad', 'settings_origin'],
		[forwarded && TRUST_PROXY === 0, 'bad', 'settings_proxy'],
		[!forwarded && TRUST_PROXY > 0, 'watch', 'settings_no_proxy']
	];
	const wrongFindings = [
		...checks.filter(([is]) => is).map(([, condition, code]) => finding('settings', condition, code)),
		...mistypedSettings().map((names) => finding('settings', 'watch', 'settings_mistyped', names))
	];
	return wrongFindings.length > 0 ? wrongFindings : [finding('settings', 'good', 'settings_good')];
}

/** The running version, and since when it runs. */
export function siteFinding(): Finding {
	return finding('site', 'good', 'site', { version: about.version, at: ago(process.uptime() * 1000) });
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { and, desc, eq, isNotNull, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { addDays, localDate, weekday, type LocalDate } from '#lib/calendar/days.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { ago, now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { wholeNumberField } from '#lib/server/people/form-fields.ts';
import { siteSetting } from '#lib/server/people/site-setting.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { archivePrefix, archivesIn, formerAndPresentFolders } from './backup-folder.ts';

const setting = siteSetting({
	key: 'backup',
	action: 'backup.rules_changed',
	form: z.object({
		/** Whether a backup is made each day, and from which hour on, in the zone of `firstZone`. */
		daily_on: z.enum(['on', 'off']).default('off'),
		hour: wholeNumberField(0, 23),
		/** How many daily, weekly (from Monday) and monthly backups are kept: the newest of each day, week and month. */
		daily: wholeNumberField(1, 90),
		weekly: wholeNumberField(0, 52),
		monthly: wholeNumberField(0, 60)
	}),
	defaults: { daily_on: 'on', hour: 1, daily: 7, weekly: 4, monthly: 6 }
});
type BackupRules = Awaited<ReturnType<typeof setting.read>>;

/** The settings of the daily backup, and how many backups are kept. */
export const { read: backupRules, seen: seenOfBackupRules, change: changeBackupRules } = setting;

type Keeping = Pick<BackupRules, 'daily' | 'weekly' | 'monthly'>;

const spanOf: Record<keyof Keeping, (day: LocalDate) => string> = {
	daily: (day) => day,
	weekly: (day) => addDays(day, 1 - weekday(day)),
	monthly: (day) => day.slice(0, 7)
};

/**
 * Selects the backups that the rules keep. The newest is always kept.
 *
 * @param newestFirst backups with the day on which each was made, in the zone of `firstZone`
 */
export function backupsToKeep<T extends { day: LocalDate }>(newestFirst: readonly T[], keeping: Keeping): Set<T> {
	const kept = new Set<T>(newestFirst.slice(0, 1));
	for (const kind of ['daily', 'weekly', 'monthly'] as const) {
		const spans = new Set<string>();
		for (const backup of newestFirst) {
			const span = spanOf[kind](backup.day);
			if (spans.has(span)) continue;
			if (spans.size === keeping[kind]) break;
			spans.add(span);
			kept.add(backup);
		}
	}
	return kept;
}

/**
 * The day on which the rules will delete each backup, if one is made every day from now on. The Map is empty without
 * daily backups: then nothing is deleted until a person makes one.
 */
export function daysOfDeletion<T extends { day: LocalDate }>(
	newestFirst: readonly T[],
	rules: BackupRules,
	today: LocalDate
): Map<T, LocalDate> {
	const days = new Map<T, LocalDate>();
	if (rules.daily_on === 'off') return days;
	let kept: { day: LocalDate; made?: T }[] = newestFirst.map((made) => ({ day: made.day, made }));
	for (let day = addDays(today, 1); kept.some(({ made }) => made); day = addDays(day, 1)) {
		const all = [{ day }, ...kept];
		const keeping = backupsToKeep(all, rules);
		for (const backup of all) if (backup.made && !keeping.has(backup)) days.set(backup.made, day);
		kept = all.filter((backup) => keeping.has(backup));
	}
	return days;
}

/** Condition for verified backups that are not deleted. */
export const isKept = and(eq(backups.state, 'done'), isNotNull(backups.verifiedAt), isNull(backups.removedAt));

/** The verified backups of this site that are not deleted, newest first, with their day in the zone of `firstZone`. */
async function datedBackups() {
	const zone = await firstZone();
	const made = await db()
		.select({ id: backups.id, fileName: backups.fileName, moment: backups.moment })
		.from(backups)
		.where(isKept)
		.orderBy(desc(backups.moment));
	return made.map((backup) => ({ ...backup, day: localDate(backup.moment ?? now(), zone) }));
}

/** For each backup the day on which the rules will delete it, by its id. Empty without daily backups. */
export async function deletionDays(
	dated?: Awaited<ReturnType<typeof datedBackups>>
): Promise<ReadonlyMap<string, LocalDate>> {
	const today = localDate(now(), await firstZone());
	const days = daysOfDeletion(dated ?? (await datedBackups()), await backupRules(), today);
	return new Map([...days].map(([{ id }, day]) => [id, day]));
}

/**
 * @returns the number of backups from before a destruction, and the day on which the last of them is deleted; null if no
 * rule deletes it
 */
export async function heldInBackups(destroyedAt: Date): Promise<{ count: number; until: LocalDate | null }> {
	const dated = await datedBackups();
	const days = await deletionDays(dated);
	const older = dated.filter(({ moment }) => moment !== null && moment < destroyedAt);
	const known = new Set(dated.map(({ fileName }) => fileName));
	const files = (await Promise.all(formerAndPresentFolders().map(archivesIn))).flatMap((found) => [...found.keys()]);
	// No rule deletes archives without a verified row, such as the one from which this site was restored.
	const others = files.filter((name) => !known.has(name) && name < archivePrefix(destroyedAt));
	const until = [...older.map(({ id }) => days.get(id)), ...others.map(() => undefined)].sort();
	return { count: until.length, until: until.includes(undefined) ? null : (until.at(-1) ?? null) };
}

/**
 * Deletes backups that the rules no longer keep. Only verified backups of this site are counted and deleted, never
 * other files of the folder.
 */
export async function rotateBackups(): Promise<void> {
	const dated = await datedBackups();
	const kept = backupsToKeep(dated, await backupRules());
	for (const backup of dated) {
		// Backups younger than a day stay, for example one made before an upgrade.
		const young = (backup.moment ?? now()) > ago(DAY_MS);
		if (kept.has(backup) || young || !backup.fileName) continue;
		for (const folder of formerAndPresentFolders()) await rm(join(folder, backup.fileName), { force: true });
		await db().update(backups).set({ removedAt: now() }).where(eq(backups.id, backup.id));
	}
}

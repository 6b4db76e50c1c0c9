import { sql } from 'drizzle-orm';
import { rowsOf, transaction } from '#lib/server/db/index.ts';
import { backupFolder } from '#lib/server/env.ts';
import { SUBJECTS } from './contents.ts';
import { emptyPart, withIds, type Destroyed } from './destroy.ts';
import { appendToJournal, readJournal, type JournalLine } from './journal.ts';

/** Subjects per transaction. */
const BATCH = 500;

/**
 * Reads the journals in the folder of backups and beside the archive.
 *
 * @throws as `readJournal`
 */
export async function readJournals(archiveFolder: string, skipUnverified: boolean) {
	const own = await readJournal(backupFolder(), skipUnverified);
	return {
		own,
		beside: archiveFolder === backupFolder() ? undefined : await readJournal(archiveFolder, skipUnverified)
	};
}

/**
 * Destroys again what was destroyed after the backup that has just been loaded, according to the journals. Afterwards
 * the journal in the folder of backups contains the lines of both, for later restores.
 *
 * @param removeFile deletes a stored file of the restored site
 * @returns how much was destroyed again. `journal`: whether a journal exists, which destroying again requires.
 *   `newest`: the time of its last destruction, which shows whether the journal is current
 */
export async function reapplyDestructions(
	{ own, beside }: Awaited<ReturnType<typeof readJournals>>,
	removeFile: (key: string) => Promise<void>
) {
	const known = new Set(own?.map((line) => JSON.stringify(line)));
	const others = (beside ?? []).filter((line) => !known.has(JSON.stringify(line)));
	const lines = [...(own ?? []), ...others];
	const destructions = new Set<string>();
	let subjects = 0;
	for (const line of lines)
		for (let from = 0; from < line.ids.length; from += BATCH) {
			const { files, again } = await reapply(line, line.ids.slice(from, from + BATCH));
			for (const key of files) await removeFile(key);
			subjects += again;
			if (again > 0) destructions.add(line.destructionId);
		}
	await appendToJournal(others);
	const times = lines.map(({ destroyedAt }) => destroyedAt).sort();
	return {
		journal: own !== undefined || beside !== undefined,
		newest: times.at(-1),
		destructions: destructions.size,
		subjects
	};
}

/** Only subjects that are older than the destruction: after an earlier restore, a number may belong to another case. */
async function reapply(line: JournalLine, ids: readonly string[]): Promise<Destroyed & { again: number }> {
	const { part, kind, months, jraCode, destructionId, decreeNumber, decreeOn, destroyedAt } = line;
	return transaction(async (tx) => {
		const laid = await rowsOf<{ id: string }>(
			tx,
			sql`insert into tombstones (part, kind, subject_id, reference, received_at, closed_at, destroyed_at, months,
				jra_code, destruction_id, decree_number, decree_on)
			select ${part}, ${kind}, s.id, s.reference, s.received_at, s.closed_at, ${destroyedAt}::timestamptz, ${months}::int,
				${jraCode}, ${destructionId}::uuid, ${decreeNumber}, ${decreeOn}::date
			from (${sql.raw(SUBJECTS[part])}) s
			where ${withIds('s.id = any(:ids)', part, ids)} and s.since <= ${destroyedAt}::timestamptz
			on conflict (part, subject_id, destruction_id) do nothing
			returning subject_id as id`
		);
		const again = laid.map(({ id }) => id);
		const about = { at: new Date(destroyedAt), decree: decreeNumber };
		return { ...(await emptyPart(tx, part, again, about)), again: again.length };
	});
}

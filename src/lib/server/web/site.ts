import { join } from 'node:path';
import { newestFiles } from '#lib/server/attachments/newest-files.ts';
import { serveBackupCommand } from '#lib/server/backup/command.ts';
import { serveVerifyCommand } from '#lib/server/people/audit-verify.ts';
import { usableBackupFolder } from '#lib/server/backup/backup-folder.ts';
import { stopBackup } from '#lib/server/backup/run-backup.ts';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { healJournal } from '#lib/server/privacy/retention/journal.ts';
import { ensureSchedule } from '#lib/server/privacy/retention/schedule.ts';
import { ensurePushKeys } from '#lib/server/channels/push/push-keys.ts';
import { ensureTemplates } from '#lib/server/cases/answers/default-templates.ts';
import { isOpen } from '#lib/server/db/index.ts';
import { startReaders, stopReaders } from '#lib/server/channels/email/readers.ts';
import { FILE_FOLDERS, usableFolder } from '#lib/server/db/folder-lock.ts';
import { openDatabase } from '#lib/server/db/open.ts';
import { env, mistypedSettings } from '#lib/server/env.ts';
import { log } from '#lib/server/log.ts';
import { emitProcessEvent, onceProcessEvent } from '#lib/server/process-events.ts';
import { startWatching, stopWatching } from '#lib/server/live/watch.ts';
import { startQueue, stopFetching, stopQueue } from '#lib/server/jobs/queue.ts';
import { startWorkers } from '#lib/server/jobs/worker.ts';

/**
 * Opens the database, starts the queue and, unless JOBS is off, the workers and the readers of mailboxes. Stops
 * everything when the entry stops.
 */
export async function startSite(): Promise<void> {
	// In development a changed source restarts the server inside the process that has already opened everything.
	if (isOpen()) return;
	for (const { given, meant } of mistypedSettings())
		log().warn(`${given} is not a setting and is ignored: is it meant to be ${meant}?`);
	// Report a wrong folder now instead of at the first photo or the nightly backup.
	for (const own of ['.', ...FILE_FOLDERS]) await usableFolder(join(env().DATA_DIR, own));
	await usableBackupFolder();
	const handle = await openDatabase();
	// Only a warning: after a loss of the files the site must start too.
	const { compared, missing } = await newestFiles();
	if (compared > 0 && missing === compared)
		log().warn(
			{ folder: env().DATA_DIR },
			'none of the newest files of reports is in DATA_DIR: is this another folder?'
		);
	await ensureDefaults(handle.database);
	await ensureSchedule(handle.database);
	await ensureTemplates(handle.database);
	await ensurePushKeys(handle.database);
	await startQueue(handle, env().JOBS);
	if (env().JOBS) await startWorkers();
	if (env().JOBS) startReaders();
	await startWatching();
	// The site doesn't wait for it, because it reads all destructions. Only a restore needs the journal.
	const healing = healJournal().catch((error: unknown) =>
		log().error({ err: error }, 'the journal of destructions is not complete')
	);
	serveBackupCommand();
	serveVerifyCommand();
	// Open event streams would keep the process alive. They end first, and their browsers reconnect to another process.
	onceProcessEvent('spatula:ending', () => {
		stopBackup();
		void stopWatching();
	});
	const stopSite = async () => {
		// Stop fetching jobs at the same time, so that no job starts while a reader waits for its mail server.
		await Promise.all([stopWatching(), stopFetching(), stopReaders(), healing]);
		await stopQueue();
		await handle.close();
		emitProcessEvent('spatula:stopped');
	};
	onceProcessEvent('spatula:stop', () => void stopSite());
}

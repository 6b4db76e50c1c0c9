import { parseArgs } from 'node:util';
import { backupByCommand } from '#lib/server/backup/command.ts';
import { stopBackup } from '#lib/server/backup/run-backup.ts';
import { megabytes, showProgress } from './backup/terminal.ts';
import { runCommand } from './options.ts';

const USAGE = `npm run backup
Makes one archive of the database and its files in BACKUP_DIR (DATA_DIR/backups where it is not set), also while the site runs.
It is encrypted where BACKUP_PASSPHRASE or BACKUP_PASSPHRASE_FILE is set.`;

await runCommand(USAGE, async () => {
	parseArgs({ options: {} });
	// While the running site makes the backup, or the database does not answer, there is nothing to stop but the command.
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopBackup() || process.exit(130));
	const progress = showProgress();
	const backup = await backupByCommand(progress.show).finally(progress.end);
	console.log(`backup    ${backup.path}`);
	console.log(
		`size      ${megabytes(backup.bytes)}${backup.path.endsWith('.age') ? ', encrypted' : ', not encrypted'}`
	);
	console.log(
		`holds     ${backup.rows} rows and ${backup.files} files (${megabytes(backup.fileBytes)}), as of ${backup.moment}`
	);
	console.log(
		`made by   ${backup.by === 'site' ? 'the running site' : 'this command'}; read back to its end and found whole`
	);
	if (backup.lost > 0) console.log(`ATTENTION ${backup.lost} attachments had no file on the disk, or another one`);
});

import { parseArgs } from 'node:util';
import { backupByCommand } from '#lib/server/backup/command.ts';
import { stopBackup } from '#lib/server/backup/run-backup.ts';
import { megabytes, showProgress } from './backup/terminal.ts';
import { runCommand } from './command.ts';

const USAGE = `npm run backup
Makes one archive of the database and its files in BACKUP_DIR (DATA_DIR/backups where it is not set), also while the site runs.
It is encrypted where BACKUP_PASSPHRASE or BACKUP_PASSPHRASE_FILE is set.`;

await runCommand(USAGE, async () => {
	parseArgs({ options: {} });
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stopBackup);
	const progress = showProgress();
	const made = await backupByCommand(progress.show).finally(progress.end);
	console.log(`backup    ${made.path}`);
	console.log(`size      ${megabytes(made.bytes)}${made.path.endsWith('.age') ? ', encrypted' : ', not encrypted'}`);
	console.log(
		`holds     ${made.rows} rows and ${made.files} files (${megabytes(made.fileBytes)}), as of ${made.moment}`
	);
	console.log(
		`made by   ${made.by === 'site' ? 'the running site' : 'this command'}; read back to its end and found whole`
	);
	if (made.lost > 0) console.log(`ATTENTION ${made.lost} attachments had no file on the disk, or another one`);
});

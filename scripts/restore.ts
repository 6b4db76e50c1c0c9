import { parseArgs } from 'node:util';
import { isEncryptedArchive, readArchive, requireEncrypted } from '#lib/server/backup/archive-reader.ts';
import { restoreBackup, type RestoreReport } from '#lib/server/backup/restore.ts';
import { JOURNAL } from '#lib/server/privacy/retention/journal.ts';
import { env } from '#lib/server/env.ts';
import { StartError } from '#lib/server/errors.ts';
import { askPassphrase, megabytes } from './backup/terminal.ts';
import { runCommand } from './options.ts';

const USAGE = `npm run restore -- ARCHIVE [options]
Restores a backup into the empty DATA_DIR and, if DATABASE_URL is set, into its empty database. Overwrites nothing.
  --check             only reads the archive to its end and compares every count and hash
  --numbers-ahead N   numbers of reports, letters and periodic reports to skip per office and year (100), because numbers
                      assigned after the backup are on paper. 0 if none was assigned, as in a move
  --accept-plain      accepts an archive without encryption although a passphrase is set
  --skip-unverified   skips lines of ${JOURNAL} that were not written with this APP_KEY
The passphrase is BACKUP_PASSPHRASE, the content of BACKUP_PASSPHRASE_FILE, or asked for.`;

function options() {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			check: { type: 'boolean', default: false },
			'numbers-ahead': { type: 'string', default: '100' },
			'accept-plain': { type: 'boolean', default: false },
			'skip-unverified': { type: 'boolean', default: false }
		}
	});
	const [path] = positionals;
	const numbersAhead = Number(values['numbers-ahead']);
	if (!path || positionals.length > 1) throw new StartError(`name one archive\n\n${USAGE}`);
	if (!/^\d{1,6}$/.test(values['numbers-ahead'])) throw new StartError('--numbers-ahead wants a whole number');
	const { check, 'accept-plain': acceptPlain, 'skip-unverified': skipUnverified } = values;
	return { path, check, numbersAhead, acceptPlain, skipUnverified };
}

function print(report: RestoreReport): void {
	const line = (name: string, value: string) => console.log(`${name.padEnd(12)} ${value}`);
	const { head } = report;
	line(
		'restored',
		`the backup of ${head.moment}, made by SPATULA ${head.version} on ${head.engine}, into ${report.engine}`
	);
	line('rows', `${report.rows} in ${report.tables} tables, as many as in the backup`);
	line(
		'files',
		`${report.files} (${megabytes(report.fileBytes)}); ${report.attachments} attachments read back, every hash agrees`
	);
	if (report.lost.length > 0)
		line('ATTENTION', `${report.lost.length} attachments had lost their file before the backup was made`);
	if (report.migrated > 0) line('schema', `${report.migrated} migrations applied to bring it up to date`);
	const { journal, newest, destructions, subjects } = report.destroyed;
	if (journal) {
		line('destroyed', `again: ${subjects} items of ${destructions} destructions that came after the backup`);
		line('journal', newest ? `the last destruction in ${JOURNAL} is of ${newest}` : `${JOURNAL} lists no destruction`);
	} else
		line(
			'ATTENTION',
			`no ${JOURNAL} beside the backup or in BACKUP_DIR: data that was destroyed after the backup is back`
		);
	line('on hold', `${report.mails} e-mails, until an administrator decides on /admin/backup`);
	line('unknown', `${report.forwards} forwards and ${report.followups} follow-ups that may have been sent since`);
	line(
		'tokens',
		`${report.tokens} API tokens revoked, because some may have been revoked since the backup: create new ones`
	);
	line('accounts', 'and roles are those of the day of the backup: switch off accounts of people who left since');
	if (report.numbersAhead > 0) line('numbers', `skip ${report.numbersAhead} per office and year`);
	line('next', 'start the site, then open /admin/backup');
}

await runCommand(USAGE, async () => {
	const { path, check, ...choices } = options();
	let passphrase = env().BACKUP_PASSPHRASE;
	if (passphrase === undefined && (await isEncryptedArchive(path))) passphrase = await askPassphrase();
	if (check) {
		if (!choices.acceptPlain) await requireEncrypted(path, passphrase);
		const { head, manifest } = await readArchive(path, passphrase);
		console.log(`whole: the backup of ${head.moment}, ${manifest.files.count} files, every count and hash agrees`);
		return;
	}
	print(await restoreBackup(path, { passphrase, ...choices, onStep: (step) => console.log(`… ${step}`) }));
});

import { spawn } from 'node:child_process';
import {
	chownSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../network/free-port.ts';
import { IMAP_USER } from './imap-server.ts';

const PROGRAM = '/usr/sbin/dovecot';
/** Dovecot drops its rights, so it has to be started as root. */
export const dovecotMissing = !existsSync(PROGRAM) || userInfo().uid !== 0;
/** The owner of the mailbox: ids of the system's account without rights, and of its group. */
const [OWNER, GROUP] = [65_534, 65_534];

const configuration = (folder: string, port: number) => `dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
listen = 127.0.0.1
base_dir = ${folder}/run
log_path = ${folder}/log
protocols = imap
ssl = no
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = ${folder}/mail
first_valid_uid = 1
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
passdb static {
  password = rahasia
}
userdb static {
  fields {
    uid = ${OWNER}
    gid = ${GROUP}
    home = ${folder}/home
  }
}
`;

/** Starts a Dovecot of its own on a free port, with an empty mailbox in Maildir format. */
export async function startDovecot() {
	const folder = mkdtempSync(join(tmpdir(), 'spatula-dovecot-'));
	const mail = join(folder, 'mail');
	for (const path of ['run', 'home', 'mail', 'mail/new', 'mail/cur', 'mail/tmp']) {
		mkdirSync(join(folder, path));
		if (path !== 'run') chownSync(join(folder, path), OWNER, GROUP);
	}
	chownSync(folder, OWNER, GROUP);
	const port = await freePort();
	writeFileSync(join(folder, 'dovecot.conf'), configuration(folder, port));
	const server = spawn(PROGRAM, ['-F', '-c', join(folder, 'dovecot.conf')], { stdio: 'ignore' });
	for (let tries = 0; !(await listens(port)); tries += 1) {
		if (tries > 50) throw new Error(readFileSync(join(folder, 'log'), 'utf8'));
		await wait(100);
	}
	let delivered = 0;
	return {
		port,
		user: IMAP_USER,
		deliver: (raw: string) => {
			const path = join(mail, 'new', `${Math.floor(Date.now() / 1000)}.M${++delivered}.uji`);
			writeFileSync(path, raw);
			chownSync(path, OWNER, GROUP);
		},
		/** Each message with its flags, by the part of its file name that never changes. */
		messages: () =>
			['new', 'cur'].flatMap((part) =>
				readdirSync(join(mail, part)).map((name) => {
					const [id = '', flags = ''] = name.split(':2,');
					return { id, flags, raw: readFileSync(join(mail, part, name), 'utf8') };
				})
			),
		stop: async () => {
			const ended = new Promise((done) => server.once('exit', done));
			server.kill();
			await ended;
			rmSync(folder, { recursive: true, force: true });
		}
	};
}

const listens = (port: number): Promise<boolean> =>
	new Promise((done) => {
		const socket = connect(port, '127.0.0.1');
		socket.on('connect', () => done(true)).on('error', () => done(false));
		socket.unref();
		socket.on('connect', () => socket.destroy());
	});

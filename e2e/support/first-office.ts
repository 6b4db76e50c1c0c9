import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { TEST_KEY } from './site.ts';

const run = promisify(execFile);

/** Runs a command of the product as its operator would, under the given settings. Fails as the command does. */
export async function command(
	script: string,
	args: readonly string[],
	settings: Record<string, string>
): Promise<{ stdout: string; stderr: string }> {
	return run(process.execPath, [`scripts/${script}.ts`, ...args], {
		env: {
			PATH: process.env.PATH ?? '',
			APP_KEY: TEST_KEY,
			ORIGIN: 'http://127.0.0.1',
			LOG_LEVEL: 'silent',
			...settings
		}
	});
}

/** The first office and its administrator, by the command a new installation uses. @returns the password */
export async function makeFirstOffice(settings: Record<string, string>): Promise<string> {
	const flags = ['--username', 'admin', '--name', 'Admin Contoh', '--unit', '7600', '--role', 'admin', '--password'];
	const { stdout } = await command('user-create', flags, settings);
	return /^password\s+(\S+)$/m.exec(stdout)?.[1] ?? '';
}

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PLACES = ['/usr/bin', '/usr/local/bin', '/opt/google/chrome', '/snap/bin'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** A Chromium or Chrome that is installed on this machine. */
export function installedBrowser(): string | undefined {
	const given = process.env.CHROMIUM_PATH;
	if (given) return given;
	const folders = [...(process.env.PATH ?? '').split(':'), ...PLACES];
	const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
	return found ?? (existsSync(MAC) ? MAC : playwrightBrowser());
}

function playwrightBrowser(): string | undefined {
	try {
		const ask = "import('@playwright/test').then(({ chromium }) => console.log(chromium.executablePath()))";
		const path = execFileSync(process.execPath, ['-e', ask], { encoding: 'utf8' }).trim();
		return existsSync(path) ? path : undefined;
	} catch {
		return undefined;
	}
}

function tried(command: string, args: string[]): boolean {
	try {
		execFileSync(command, args, {
			stdio: 'ignore',
			timeout: 10 * 60_000,
			env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
		});
		return true;
	} catch {
		return false;
	}
}

/** An installed browser, else one by the test runner's own installer, else one by apt where this may install. */
export function findBrowser(): string {
	const ready = installedBrowser();
	if (ready) return ready;
	process.stdout.write('no Chromium found; installing one …\n');
	if (tried(process.execPath, ['node_modules/@playwright/test/cli.js', 'install', 'chromium'])) {
		const own = playwrightBrowser();
		if (own) return own;
	}
	if (process.getuid?.() === 0) {
		tried('apt-get', ['update']);
		tried('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
	}
	const installed = installedBrowser();
	if (!installed) throw new Error('no browser: install Chromium or Chrome, or set CHROMIUM_PATH to one');
	return installed;
}

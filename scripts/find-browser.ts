import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';
import { StartError } from '#lib/server/errors.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Debian's Chromium without windows. A journey takes half as long in it as in the full browser. */
const SHELL = 'chromium-headless-shell';
const PLACES = ['/usr/bin', '/usr/local/bin', '/opt/google/chrome', '/snap/bin'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** A Chromium or Chrome that is installed on this machine. */
function installedBrowser(): string | undefined {
	const configured = process.env.CHROMIUM_PATH;
	if (configured) return configured;
	return [...NAMES.flatMap(placesOf), MAC, chromium.executablePath()].find((path) => existsSync(path));
}

function placesOf(name: string): string[] {
	const folders = [...(process.env.PATH ?? '').split(':'), ...PLACES];
	return folders.map((folder) => join(folder, name));
}

async function succeeds(command: string, args: string[]): Promise<boolean> {
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	return promisify(execFile)(command, args, { timeout: 10 * 60_000, env }).then(
		() => true,
		() => false
	);
}

export interface Browser {
	path: string;
	/** Its headless shell, if installed and if no other browser is configured. It keeps no pages for the back button. */
	shell: string | undefined;
}

/** Finds an installed browser, else installs one with the test runner's installer, else with apt if that is allowed. */
export async function findBrowser(): Promise<Browser> {
	const isRoot = process.getuid?.() === 0;
	if (!installedBrowser()) {
		process.stdout.write('no Chromium found; installing one …\n');
		const playwright = (command: string) =>
			succeeds(process.execPath, ['node_modules/@playwright/test/cli.js', command, 'chromium']);
		// The downloaded browser needs libraries of the system, which only root may install.
		if ((await playwright('install')) && isRoot) await playwright('install-deps');
	}
	if (!installedBrowser() && isRoot) {
		await succeeds('apt-get', ['update']);
		for (const names of [['chromium', SHELL], ['chromium']])
			if (await succeeds('apt-get', ['install', '-y', '--no-install-recommends', ...names])) break;
	}
	const path = installedBrowser();
	if (!path) throw new StartError('no browser: install Chromium or Chrome, or set CHROMIUM_PATH to one');
	const shell = process.env.CHROMIUM_PATH ? undefined : placesOf(SHELL).find((place) => existsSync(place));
	return { path, shell };
}

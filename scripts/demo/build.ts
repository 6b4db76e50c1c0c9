import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '#lib/server/errors.ts';

const BUILT = join('build', 'handler.js');
const SOURCES = [
	...['src', 'static', 'project.inlang/settings.json', 'package.json', 'svelte.config.js', 'vite.config.ts'],
	...['scripts/messages.ts', 'scripts/build']
];
/** Files that the build itself makes, or that are not part of it. */
const NOT_BUILT = /(^|\/)src\/lib\/(paraglide|dev)(\/|$)|\.spec\.ts$/;

/** When the newest file below a path was written or deleted, in milliseconds. */
function newestIn(path: string): number {
	if (!existsSync(path)) return 0;
	const stat = statSync(path);
	const inside = stat.isDirectory() ? readdirSync(path).map((name) => `${path}/${name}`) : [];
	return Math.max(stat.mtimeMs, ...inside.filter((one) => !NOT_BUILT.test(one)).map(newestIn));
}

function isFresh(): boolean {
	if (!existsSync(BUILT)) return false;
	const built = statSync(BUILT).mtimeMs;
	return SOURCES.every((path) => newestIn(path) <= built);
}

/**
 * Builds the site if there is no build, or if it is older than its sources.
 *
 * @param announce called before a build begins
 * @throws StartError with the end of the build's output
 */
export function ensureBuild(announce: () => void): void {
	if (isFresh()) return;
	announce();
	const build = spawnSync('npm', ['run', '-s', 'build', '--', '--logLevel', 'error'], {
		encoding: 'utf8',
		env: { ...process.env, NODE_ENV: 'production' }
	});
	if (build.status !== 0) {
		const output = `${build.stdout}${build.stderr}`.trim().split('\n').slice(-30).join('\n');
		throw new StartError(`the build failed:\n${output}`);
	}
}

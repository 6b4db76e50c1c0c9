import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DEVELOPMENT_KEY_FILE, hasKey, readOrCreateKey } from './demo/key-file.ts';

/** The development server, with a key that is made once per folder. All arguments after `--` are passed to vite. */
const folder = process.env.DATA_DIR || './data';
mkdirSync(folder, { recursive: true, mode: 0o700 });
const vite = spawn(process.execPath, [join('node_modules', '.bin', 'vite'), 'dev', ...process.argv.slice(2)], {
	stdio: 'inherit',
	// DEMO: a developer may open a seeded database as well as an empty one.
	env: {
		DEMO: 'on',
		...process.env,
		...(hasKey() ? {} : { APP_KEY: readOrCreateKey(join(folder, DEVELOPMENT_KEY_FILE)) })
	}
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => vite.kill(signal));
vite.once('exit', (code, signal) => (process.exitCode = signal ? 0 : (code ?? 1)));

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

test('a port in use ends the start before the build loads, which would start jobs', async () => {
	const program = await mkdtemp(join(tmpdir(), 'spatula-program-'));
	const taken = createServer().listen(0, '127.0.0.1');
	await once(taken, 'listening');
	try {
		for (const part of ['src', 'node_modules', 'package.json']) await symlink(resolve(part), join(program, part));
		await mkdir(join(program, 'build'));
		await writeFile(
			join(program, 'build', 'handler.js'),
			`process.stdout.write('the build loads'); export const handler = 1`
		);
		const { port } = taken.address() as AddressInfo;
		const keepLinks = ['--preserve-symlinks', '--preserve-symlinks-main'];
		const ended = spawnSync(process.execPath, [...keepLinks, 'src/http-server.ts'], {
			cwd: program,
			encoding: 'utf8',
			env: {
				...{ APP_KEY: randomBytes(32).toString('base64'), DATA_DIR: join(program, 'data') },
				...{ HOST: '127.0.0.1', PORT: String(port), ORIGIN: 'https://spatula.contoh' }
			}
		});
		expect(ended.stderr).toMatch(new RegExp(`^spatula: can't listen on 127.0.0.1:${port}: listen EADDRINUSE.*\n$`));
		expect(ended).toMatchObject({ status: 1, stdout: '' });
	} finally {
		taken.close();
		await rm(program, { recursive: true });
	}
});

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'spatula-memory-'));
const program = join(folder, 'program.mjs');
writeFileSync(
	program,
	`import ${JSON.stringify(new URL('./process-memory.ts', import.meta.url).href)};
	const { argv, execArgv, env, pid } = process;
	console.log(JSON.stringify({ pid, args: argv.slice(2), execArgv, env }));`
);
afterAll(() => rmSync(folder, { recursive: true }));

interface Started {
	pid: number;
	args: string[];
	execArgv: string[];
	env: NodeJS.ProcessEnv;
}

function start(env: NodeJS.ProcessEnv): Promise<Started & { errors: string; child: number | undefined }> {
	return new Promise((resolve, reject) => {
		const args = ['--max-old-space-size=300', program, 'one', 'two words'];
		const child = execFile(process.execPath, args, { env: { PATH: process.env.PATH, ...env } }, (error, out, errors) =>
			error ? reject(error) : resolve({ ...(JSON.parse(out) as Started), errors, child: child.pid })
		);
	});
}

it.runIf(process.platform === 'linux')(
	'restarts itself with the memory settings, keeps its process id and arguments, and prints nothing',
	async () => {
		const { pid, child, args, execArgv, env, errors } = await start({});
		expect({ pid, args, execArgv, errors }).toEqual({
			pid: child,
			args: ['one', 'two words'],
			execArgv: ['--max-old-space-size=300'],
			errors: ''
		});
		expect(env).toMatchObject({
			MALLOC_ARENA_MAX: '2',
			MALLOC_MMAP_THRESHOLD_: '65536',
			NODE_OPTIONS: '--max-semi-space-size=8'
		});
	}
);

it.runIf(process.platform === 'linux')(
	"keeps the operator's MALLOC_ARENA_MAX, and puts the operator's NODE_OPTIONS after its own",
	async () => {
		const { env } = await start({ MALLOC_ARENA_MAX: '4', NODE_OPTIONS: '--max-semi-space-size=16' });
		expect(env.MALLOC_ARENA_MAX).toBe('4');
		expect(env.NODE_OPTIONS).toBe('--max-semi-space-size=8 --max-semi-space-size=16');
	}
);

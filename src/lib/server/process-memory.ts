/**
 * Gives the process settings of memory that Node and the C library read only as a process starts: it starts again in its own
 * place, under the same number, before anything else is loaded. What the operator has set stays.
 */
const SETTINGS = {
	/** Two pools for the memory of all threads: each keeps what it has once had. */
	MALLOC_ARENA_MAX: '2',
	/** Bytes from which memory is given back as soon as it is free. Left alone, it rises to the size of the largest upload. */
	MALLOC_MMAP_THRESHOLD_: '65536',
	/** MB of young objects. Under load the default grows to 128 and does not shrink. */
	NODE_OPTIONS: `--max-semi-space-size=8 ${process.env.NODE_OPTIONS ?? ''}`.trim()
};

if (process.platform === 'linux' && process.execve && !process.env.MALLOC_MMAP_THRESHOLD_) {
	const args = [process.argv0, ...process.execArgv, ...process.argv.slice(1)];
	process.execve(process.execPath, args, { ...SETTINGS, ...process.env, NODE_OPTIONS: SETTINGS.NODE_OPTIONS });
}

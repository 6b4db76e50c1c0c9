/**
 * Memory settings that Node and the C library read only when a process starts. The process replaces itself with one that has
 * them, under the same process id, before anything else is loaded. Settings of the operator have precedence.
 */
const SETTINGS = {
	/** Two memory pools for all threads: a pool never returns its memory. */
	MALLOC_ARENA_MAX: '2',
	/** A freed buffer of at least this many bytes is returned at once. By default the value rises to the size of the largest upload. */
	MALLOC_MMAP_THRESHOLD_: '65536',
	/** MB for young objects. Under load the default grows to 128 and does not shrink. */
	NODE_OPTIONS: `--max-semi-space-size=8 ${process.env.NODE_OPTIONS ?? ''}`.trim()
};

if (process.platform === 'linux' && process.execve && !process.env.MALLOC_MMAP_THRESHOLD_) {
	const args = [process.argv0, ...process.execArgv, ...process.argv.slice(1)];
	process.execve(process.execPath, args, { ...SETTINGS, ...process.env, NODE_OPTIONS: SETTINGS.NODE_OPTIONS });
}

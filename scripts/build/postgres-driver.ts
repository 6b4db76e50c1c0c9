import type { Plugin } from 'vite';

/** Replacements in the driver of PostgreSQL by file, for a connection that is lost. */
const LOST_CONNECTION: Record<string, readonly (readonly [string, string])[]> = {
	connection: [
		// Rejects a statement that is sent to a lost connection. The driver threw outside of all promises, or kept the statement
		// waiting, which blocked the connection that replaced the lost one.
		[
			'function execute(q) {\n',
			`function execute(q) {
				if (socket === null || socket.readyState !== 'open') {
					queryError(q, Errors.connection('CONNECTION_CLOSED', options, socket))
					return true
				}
`
		],
		// Drops the bytes and the error that the lost connection left, so that the next connection does not get them.
		[
			'clearImmediate(nextWriteTimer)\n    socket.removeListener',
			'clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = errorResponse = null\n    socket.removeListener'
		],
		['return fetchArrayTypes()\n', 'return void fetchArrayTypes().catch(() => {})\n']
	],
	index: [
		// Rejects further statements of a transaction whose connection was lost, also in savepoints. The driver sent them on the
		// connection's successor, where they ran in the transaction of another request.
		['scope(c, fn, name) {\n', 'scope(c, fn, name, reserved = c.reserved) {\n'],
		["(name ? '_' + name : ''))\n", "(name ? '_' + name : ''), reserved)\n"],
		[
			'uncaughtError = e))\n        c.queue',
			`uncaughtError = e))
				if (c.reserved !== reserved) return q.reject(Errors.connection('CONNECTION_CLOSED', options))
				c.queue`
		]
	]
};

/**
 * The driver of PostgreSQL reuses a connection that was lost in a transaction as if it were another one: the process
 * ends (github.com/porsager/postgres/issues/1154), the pool loses the connection for ever (1215), or statements of the
 * old transaction run in the next one (1216). With the replacements the statements of the lost transaction fail.
 *
 * @param path of the module
 * @returns its code for the build, undefined for modules in which nothing is replaced
 * @throws if the driver has changed
 */
export function mendLostConnections(code: string, path: string): string | undefined {
	const [, file = ''] = /\/postgres\/src\/(\w+)\.js$/.exec(path) ?? [];
	return LOST_CONNECTION[file]?.reduce((text, [before, after]) => {
		if (!text.includes(before)) throw new Error(`${path} has changed: see whether it still needs this`);
		return text.replace(before, () => after);
	}, code);
}

/** Builds the site with the patched driver. */
export const postgresDriver: Plugin = {
	name: 'postgres-driver',
	transform(source, id) {
		const code = mendLostConnections(source, id);
		return code === undefined ? undefined : { code, map: null };
	}
};

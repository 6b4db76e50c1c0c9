import { pino } from 'pino';
import { env } from './env.ts';
import { noteError } from './recent-errors.ts';

/** The level from which a line counts as an error. */
const ERROR = 50;

let logger: pino.Logger | undefined;

/**
 * An error without personal data. The parameters of a failed query are what people wrote, so only its statement and the
 * database's code are logged.
 */
function errorOf(error: Error & { query?: unknown; params?: unknown; code?: unknown; cause?: unknown }) {
	const cause = error.cause as { code?: unknown; message?: unknown } | undefined;
	if (error.params === undefined) return pino.stdSerializers.err(error);
	const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
	return { type: error.name, query: error.query, code: cause?.code ?? error.code, stack: frames.join('\n') };
}

/** The process log: JSON lines without addresses, receipts or the text of cases. */
export function log(): pino.Logger {
	return (logger ??= pino({
		level: env().LOG_LEVEL,
		base: undefined,
		serializers: { err: errorOf },
		hooks: {
			logMethod(said, write, level) {
				if (level >= ERROR) noteError();
				write.apply(this, said);
			}
		},
		redact: ['req.headers', 'receipt', '*.receipt', 'password', '*.password']
	}));
}

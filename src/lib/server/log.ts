import { pino } from 'pino';
import { env } from './env.ts';
import { noteError } from './recent-errors.ts';

/** The level from which a line counts as an error. */
const ERROR = 50;

let logger: pino.Logger | undefined;

type Logged = Error & { query?: unknown; params?: unknown; code?: unknown; cause?: unknown };

/**
 * An error without personal data. The parameters of a failed query are what people wrote, so only its statement and the
 * database's code are logged, also where another error was thrown because of it.
 */
function errorOf(error: Logged): unknown {
	let failed = error;
	while (failed.params === undefined && failed.cause instanceof Error) failed = failed.cause;
	if (failed.params === undefined) return pino.stdSerializers.err(error);
	const cause = failed.cause as { code?: unknown } | undefined;
	const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
	return { type: error.name, query: failed.query, code: cause?.code ?? failed.code, stack: frames.join('\n') };
}

/** The process log: JSON lines without addresses, receipts or the text of cases. */
export function log(): pino.Logger {
	return (logger ??= pino({
		level: env().LOG_LEVEL,
		base: undefined,
		// Errors are converted under whichever name they are logged, and so not again by the serializer of `err`.
		formatters: {
			log: (said) =>
				Object.fromEntries(
					Object.entries(said).map(([name, value]) => [name, value instanceof Error ? errorOf(value) : value])
				)
		},
		serializers: { err: (error: unknown) => error },
		hooks: {
			logMethod(said, write, level) {
				if (level >= ERROR) noteError();
				write.apply(this, said);
			}
		},
		redact: ['req.headers', 'receipt', '*.receipt', 'password', '*.password']
	}));
}

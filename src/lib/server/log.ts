import { pino } from 'pino';
import { env } from './env.ts';

let logger: pino.Logger | undefined;

/** The process log: JSON lines without addresses, receipts or the text of cases. */
export function log(): pino.Logger {
	return (logger ??= pino({
		level: env().LOG_LEVEL,
		base: undefined,
		redact: ['req.headers', 'receipt', '*.receipt', 'password', '*.password']
	}));
}

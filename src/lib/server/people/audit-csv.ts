import { stringify } from 'csv-stringify/sync';
import type { LogEntry } from './audit-log.ts';
import { GUARDED_CSV } from '#lib/text/formula-guard.ts';

const COLUMNS = ['id', 'at', 'actor', 'unit', 'action', 'subject', 'reason', 'before', 'after'];

const json = (value: unknown) => (value === null || value === undefined ? '' : JSON.stringify(value));

/** One line of the exported audit log, or the header. Typed text must not become a formula in a spreadsheet. */
export function logCsvLine(entry?: LogEntry): string {
	const record = entry
		? COLUMNS.map((name) => {
				if (name === 'at') return entry.at.toISOString();
				const value = entry[name as keyof LogEntry];
				return name === 'before' || name === 'after' ? json(value) : (value ?? '');
			})
		: COLUMNS;
	return stringify([record], GUARDED_CSV);
}

import type { Errors } from './create-check.ts';
import { json, refusal, type Answer, type Incoming } from './http.ts';
import type { SandboxOptions } from './options.ts';
import type { StoredReport } from './records.ts';
import type { SandboxStore } from './store.ts';

export interface Context {
	store: SandboxStore;
	options: SandboxOptions;
}

export type Handler = (context: Context, incoming: Incoming, id: string) => Answer | Promise<Answer>;

export const wrongType = (wanted: string) => refusal(415, `Content-Type must be ${wanted}.`);
export const invalid = (errors: Errors) => refusal(422, 'The given data was invalid.', errors);

/** Finds the report of the path first. */
export function withReport(answer: (report: StoredReport, context: Context, incoming: Incoming) => Answer): Handler {
	return (context, incoming, id) => {
		const report = context.store.report(Number(id));
		return report ? answer(report, context, incoming) : refusal(404, 'Complaint not found.');
	};
}

/** One page of a list. */
export function page(rows: readonly unknown[], incoming: Incoming): Answer {
	const size = Number(incoming.url.searchParams.get('page_size') ?? 10);
	if (!Number.isInteger(size) || size < 1 || size > 1000)
		return invalid({ page_size: ['The page_size must be 1 to 1000.'] });
	const from = (Math.max(1, Number(incoming.url.searchParams.get('page') ?? 1) || 1) - 1) * size;
	return json(200, { status: 200, results: { data: rows.slice(from, from + size), total: rows.length } });
}

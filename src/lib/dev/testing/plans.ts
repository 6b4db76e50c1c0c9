import { vi } from 'vitest';
import { handle } from '#lib/server/db/index.ts';

interface Plan {
	'Node Type': string;
	'Relation Name'?: string;
	'Actual Rows'?: number;
	'Actual Loops'?: number;
	Plans?: Plan[];
}

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

/** The steps in the plans of all statements of `work`. Runs on PostgreSQL only. PGlite has the same planner. */
async function stepsOf(
	work: () => Promise<unknown>,
	explain: 'explain (format json)' | 'explain (analyze, format json)'
) {
	const opened = handle();
	if (opened.kind !== 'postgres') throw new Error('plans are read from PostgreSQL');
	const spy = vi.spyOn(opened.client, 'unsafe');
	await work();
	// A transaction's own commands have no plan.
	const statements = spy.mock.calls
		.map(([text, values]) => ({ text, values }))
		.filter(({ text }) => !/^(begin|commit|savepoint|release)/.test(text));
	spy.mockRestore();
	if (statements.length === 0) throw new Error('no statement was run');
	const steps: Plan[] = [];
	for (const { text, values } of statements) {
		const [row] = await opened.client.unsafe(`${explain} ${text}`, values);
		const [{ Plan: plan }] = row?.['QUERY PLAN'] as [{ Plan: Plan }];
		steps.push(...nodes(plan));
	}
	return steps;
}

/** Which of these tables the statements of `work` would scan completely. */
export async function scannedBy(work: () => Promise<unknown>, tables: readonly string[]): Promise<string[]> {
	const steps = await stepsOf(work, 'explain (format json)');
	const scans = steps.filter((step) => step['Node Type'] === 'Seq Scan');
	return tables.filter((table) => scans.some((step) => step['Relation Name'] === table));
}

/** How the statements of `work` read a table: the kind of each step and its number of rows. */
export async function readsOf(table: string, work: () => Promise<unknown>): Promise<{ kind: string; rows: number }[]> {
	const steps = await stepsOf(work, 'explain (analyze, format json)');
	const reads = steps.filter((step) => step['Relation Name'] === table);
	if (reads.length === 0) throw new Error(`${table} was not read`);
	return reads.map((step) => ({
		kind: step['Node Type'],
		rows: (step['Actual Rows'] ?? 0) * (step['Actual Loops'] ?? 1)
	}));
}

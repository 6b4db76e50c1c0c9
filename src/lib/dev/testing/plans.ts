import { vi } from 'vitest';
import { handle } from '#lib/server/db/index.ts';

interface Plan {
	'Node Type': string;
	'Relation Name'?: string;
	Plans?: Plan[];
}

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

/** The tables that the statements of `work` would read from end to end. For PostgreSQL: the embedded database plans alike. */
export async function scannedBy(work: () => Promise<unknown>): Promise<string[]> {
	const opened = handle();
	if (opened.kind !== 'postgres') throw new Error('plans are read from PostgreSQL');
	const asked = vi.spyOn(opened.client, 'unsafe');
	await work();
	const statements = asked.mock.calls.map(([text, values]) => ({ text, values }));
	asked.mockRestore();
	const scanned = new Set<string>();
	for (const { text, values } of statements) {
		const [row] = await opened.client.unsafe(`explain (format json) ${text}`, values);
		const [{ Plan: plan }] = row?.['QUERY PLAN'] as [{ Plan: Plan }];
		for (const node of nodes(plan))
			if (node['Node Type'] === 'Seq Scan') scanned.add(node['Relation Name'] ?? 'something');
	}
	if (statements.length === 0) throw new Error('no statement was asked');
	return [...scanned];
}

import type { Seeded } from '#lib/dev/demo/seed.ts';

/** Lines of a table whose columns are as wide as they need to be. */
export function table(rows: readonly (readonly string[])[]): string {
	const widths = rows.reduce<number[]>(
		(known, row) => row.map((cell, index) => Math.max(known[index] ?? 0, cell.length)),
		[]
	);
	return rows
		.map((row) =>
			row
				.map((cell, index) => cell.padEnd(widths[index] ?? 0))
				.join('  ')
				.trimEnd()
		)
		.map((line) => `  ${line}`)
		.join('\n');
}

export function accountTable(accounts: Seeded['accounts']): string {
	const rows = accounts.map(({ username, password, unit, roles }) => [
		username,
		password,
		unit,
		roles.join(', ') || 'officer'
	]);
	return table([['account', 'password', 'office', 'role'], ...rows]);
}

/** Demo cases for the tracking page, and what that page shows. */
const SHOWN: Record<string, string> = {
	'needs-info': 'waits for an answer of its reporter',
	answered: 'answered, to be scored or disputed',
	forwarded: 'at SP4N-LAPOR!',
	revealed: 'a withheld name that was opened',
	closed: 'closed'
};

export function reportTable(reports: Seeded['reports']): string {
	const rows = Object.entries(SHOWN).flatMap(([name, what]) => {
		const report = reports.find((one) => one.name === name);
		return report ? [[report.reference, report.receipt, what]] : [];
	});
	return table([['report', 'code for /lacak', 'where it stands'], ...rows]);
}

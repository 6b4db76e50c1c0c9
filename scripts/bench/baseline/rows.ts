import type { Ask, Row } from './driver.ts';

/** An insert of copies of rows, with some values changed: its text and parameters. */
export type Copy = (change?: (template: Row) => Row) => [text: string, params: unknown[]];

const quoted = (columns: readonly string[]) => columns.map((column) => `"${column}"`).join();

/** Columns that an insert may set. */
async function columnsOf(ask: Ask, table: string): Promise<string[]> {
	const rows = await ask(
		`select attname from pg_attribute where attrelid = '${table}'::regclass and attnum > 0
			and not attisdropped and attidentity = '' and attgenerated = '' order by attnum`,
		[]
	);
	return rows.map(({ attname }) => String(attname));
}

/**
 * Prepares an insert of copies of all rows that a table has now.
 *
 * @param more the end of the statement, made from the columns
 */
export async function copiesOf(
	ask: Ask,
	table: string,
	{ of, where = 'true', more = () => '' }: { of?: string[]; where?: string; more?: (columns: string[]) => string } = {}
): Promise<Copy> {
	const columns = of ?? (await columnsOf(ask, table));
	const templates = await ask(`select ${quoted(columns)} from ${table} where ${where}`, []);
	if (templates.length === 0) throw new Error(`${table} has no row to copy`);
	const places = templates.map(
		(_, row) => `(${columns.map((_, column) => `$${row * columns.length + column + 1}`).join()})`
	);
	const text = `insert into ${table} (${quoted(columns)}) values ${places.join()} ${more(columns)}`;
	return (change = () => ({})) => [
		text,
		templates.flatMap((template) => {
			const values = { ...template, ...change(template) };
			return columns.map((column) => values[column] ?? null);
		})
	];
}

const KEYS = ['key', 'unit_id', 'officer_id', 'service', 'day', 'month'];

/** The end of an upsert that adds the figures of a row of sums. */
export const addingFigures = (table: string) => (columns: string[]) => {
	const sums = columns.filter((column) => !KEYS.includes(column));
	return `on conflict (key) do update set ${sums.map((sum) => `${sum} = ${table}.${sum} + excluded.${sum}`).join()}`;
};

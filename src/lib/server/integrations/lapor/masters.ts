import { at, textAt } from './foreign-text.ts';

/** A row of one of the service's own lists. */
export interface MasterRow {
	id: string;
	name: string;
}

/** As many rows as one call may ask for. A full page means that more may follow. */
export const MASTER_ROWS = 1000;

/** Agencies that can be addressed; undefined if the answer isn't a list. Rows without id or name are left out. */
export const readInstitutions = (json: unknown): MasterRow[] | undefined =>
	readRows(json, (row) => [textAt(row, 'id'), textAt(row, 'name')]);

/** Texts the service offers for answers. Their keys aren't documented: code or id, name or title. */
export const readTemplates = (json: unknown): MasterRow[] | undefined =>
	readRows(json, (row) => {
		const code = textAt(row, 'code') ?? textAt(row, 'template_code') ?? textAt(row, 'id');
		return [code, textAt(row, 'name') ?? textAt(row, 'title') ?? code];
	});

/** Longer is no id: no index takes it, and nobody could send it. */
const ID_CHARACTERS = 200;

function readRows(
	json: unknown,
	read: (row: unknown) => readonly [id: string | undefined, name: string | undefined]
): MasterRow[] | undefined {
	const rows = at(json, 'results', 'data');
	if (!Array.isArray(rows)) return undefined;
	return rows.flatMap((row: unknown) => {
		const [id, name] = read(row);
		return id === undefined || name === undefined || id.length > ID_CHARACTERS ? [] : [{ id, name }];
	});
}

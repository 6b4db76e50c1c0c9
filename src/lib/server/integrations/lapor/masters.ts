import { at, textAt } from '#lib/server/integrations/lapor/foreign-text.ts';

export interface Institution {
	id: string;
	name: string;
}

export interface Template {
	code: string;
	name: string;
	content: string;
}

/** Agencies that can be addressed; undefined where the answer isn't a list. Rows without id or name are left out. */
export function readInstitutions(json: unknown): Institution[] | undefined {
	const rows = at(json, 'results', 'data');
	if (!Array.isArray(rows)) return undefined;
	return rows.flatMap((row: unknown) => {
		const [id, name] = [textAt(row, 'id'), textAt(row, 'name')];
		return id === undefined || name === undefined ? [] : [{ id, name }];
	});
}

/** Texts the service offers for answers. Their keys aren't documented: code or id, name or title, content or text. */
export function readTemplates(json: unknown): Template[] | undefined {
	const rows = at(json, 'results', 'data');
	if (!Array.isArray(rows)) return undefined;
	return rows.flatMap((row: unknown) => {
		const code = textAt(row, 'code') ?? textAt(row, 'template_code') ?? textAt(row, 'id');
		if (code === undefined) return [];
		const name = textAt(row, 'name') ?? textAt(row, 'title') ?? code;
		return [{ code, name, content: textAt(row, 'content') ?? textAt(row, 'text') ?? '' }];
	});
}

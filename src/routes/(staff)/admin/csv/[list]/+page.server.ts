import { error } from '@sveltejs/kit';
import { decodeTable } from '#lib/server/csv-table.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { IMPORT_COLUMNS, importTable, type ImportList } from '#lib/server/people/import.ts';
import { unitForAdmin, unitsForAdmin } from '#lib/server/people/units/units.ts';
import { issueText } from '#lib/server/web/http/error-responses.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

function listOf(name: string): ImportList {
	if (name === 'people' || name === 'officers') return name;
	error(404);
}

/** The office of lines without one: that of the guided path, from which the page is opened (see `formAction`). */
async function officeOf(actor: Actor, url: URL) {
	const code = url.searchParams.get('mulai') ?? (await unitsForAdmin(actor))[0]?.code ?? '';
	return unitForAdmin(actor, code);
}

export const load = withActor(async (actor, { params, url }) => {
	const list = listOf(params.list);
	const { name } = await officeOf(actor, url);
	return { list, office: name, columns: IMPORT_COLUMNS[list] };
});

export const actions = {
	default: formAction(async (actor, { data, files }, { params, url }) => {
		const list = listOf(params.list);
		const [file] = files;
		const text = file ? decodeTable(new Uint8Array(await file.arrayBuffer())) : String(data.csv ?? '');
		const { code: office } = await officeOf(actor, url);
		const { stored, lines } = await importTable(actor, list, { text, office, confirmed: data.confirmed === 'yes' });
		if (stored) return `/admin/${list}?saved`;
		return {
			csv: text,
			lines: lines.map(({ issues, ...line }) => ({ ...line, faults: issues.map(issueText) }))
		};
	})
};

import { error } from '@sveltejs/kit';
import { decodeTable } from '#lib/server/escalation/inbound/csv.ts';
import { IMPORT_COLUMNS, importTable, type ImportList } from '#lib/server/people/import.ts';
import { unitForAdmin, unitsForAdmin } from '#lib/server/people/units/units.ts';
import { issueText } from '#lib/server/web/http/error-responses.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

function listOf(name: string): ImportList {
	if (name === 'people' || name === 'officers') return name;
	error(404);
}

export const load = withActor(async (actor, { params, url }) => {
	const list = listOf(params.list);
	const code = url.searchParams.get('unit') ?? (await unitsForAdmin(actor))[0]?.code ?? '';
	const { name } = await unitForAdmin(actor, code);
	return { list, office: { code, name }, columns: IMPORT_COLUMNS[list] };
});

export const actions = {
	default: formAction(async (actor, { data, files }, { params }) => {
		const list = listOf(params.list);
		const [file] = files;
		const text = file ? decodeTable(new Uint8Array(await file.arrayBuffer())) : String(data.csv ?? '');
		const office = String(data.office ?? '');
		const { stored, lines } = await importTable(actor, list, { text, office, confirmed: data.confirmed === 'yes' });
		if (stored) return `/admin/${list}?saved`;
		return {
			csv: text,
			lines: lines.map(({ issues, ...line }) => ({ ...line, faults: issues.map(issueText) }))
		};
	})
};

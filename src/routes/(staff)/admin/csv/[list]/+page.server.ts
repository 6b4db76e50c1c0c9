import { error, type RequestEvent } from '@sveltejs/kit';
import { sentFiles } from '#lib/server/attachments/stored-files.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { IMPORT_COLUMNS, NEEDED_COLUMNS, type ImportList } from '#lib/server/people/import-rows.ts';
import { importTable } from '#lib/server/people/import.ts';
import { unitForAdmin, unitsForAdmin } from '#lib/server/people/units/units.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { issueText } from '#lib/server/issue-text.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { pathOffice } from '../../guided-path.ts';

function importListOf(name: string): ImportList {
	if (!Object.hasOwn(IMPORT_COLUMNS, name)) error(404);
	return name as ImportList;
}

/**
 * The office of lines that name none: that of the address to which the table is sent, so that it stays the same until
 * the table is stored, or else that of the guided path, or else the actor's first office.
 */
async function officeOf(actor: Actor, event: RequestEvent) {
	const sent = event.url.searchParams.get('unit');
	if (sent) return unitForAdmin(actor, sent);
	return (await pathOffice(actor, event)) ?? unitForAdmin(actor, (await unitsForAdmin(actor))[0]?.code ?? '');
}

export const load = withActor(async (actor, event) => {
	const list = importListOf(event.params.list);
	const { code, name } = await officeOf(actor, event);
	return { list, office: { code, name }, columns: IMPORT_COLUMNS[list], needed: NEEDED_COLUMNS[list] };
});

export const actions = {
	table: formAction(
		async (actor, { data, files }, event) => {
			const list = importListOf(event.params.list);
			const { code: office } = await officeOf(actor, event);
			// One field has the names of up to 500 photos, divided by a slash, which no name of a file contains.
			const photos = String(data.photos ?? '')
				.split('/')
				.filter(Boolean);
			const { stored, lines, text, batch, unused, unknown } = await importTable(actor, list, {
				files: await sentFiles(files),
				text: String(data.csv ?? ''),
				office,
				confirmed: data.confirmed === 'yes',
				submissionId: isUuid(String(data.submission_id)) ? String(data.submission_id) : undefined,
				kept: data.batch ? { batch: String(data.batch), files: photos } : undefined
			});
			// A new office has steps of its own, which the message leads to.
			if (stored && list === 'units') return '/admin/units?saved=offices';
			if (stored) return `/admin/${list}${list === 'people' ? '/invite' : ''}?saved=${lines.length || ''}`;
			return {
				csv: text,
				submissionId: crypto.randomUUID(),
				batch,
				unused,
				unknown: unknown.map(issueText),
				lines: lines.map(({ issues, photo, ...line }) => ({
					...line,
					photo: photo && { file: photo.file, state: photo.state },
					faults: issues.map(issueText)
				}))
			};
		},
		// As the forms for one account and one officer do. Only when they are stored, because the earlier form would lose the
		// chosen file.
		{ confirm: ({ data }, { params }) => ['people', 'officers'].includes(params.list) && data.confirmed === 'yes' }
	)
};

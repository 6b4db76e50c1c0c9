import { attachmentForActor, attachmentForReporter, type ServedFile } from '#lib/server/cases/files.ts';
import { voiceNoteForReporter } from '#lib/server/channels/incoming/incoming-files.ts';
import { NotFound } from '#lib/server/errors.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { openTrack } from '#lib/server/web/cookies/citizen-cookies.ts';
import { fileResponse } from '#lib/server/web/http/file-response.ts';
import { neutralName } from '#lib/text/linked-files.ts';

export const GET = (event) =>
	asPage(async () => {
		const { params, locals } = event;
		const tracked = await openTrack(event, { renews: false });
		const asked = event.url.searchParams;
		// `?teks`: the text of a document, for people who can't read pictures of its pages. `?kecil`: a thumbnail of a photo.
		const form = asked.has('teks') ? 'text' : asked.has('kecil') ? 'thumbnail' : 'kept';
		const reporterFile =
			tracked &&
			((await attachmentForReporter(tracked, params.id, form).catch(undefinedIfNotFound)) ??
				(await voiceNoteForReporter(tracked, params.id).catch(undefinedIfNotFound)));
		if (reporterFile) return fileResponse(reporterFile);
		if (!locals.actor) throw new NotFound();
		// `?lampiran=2`: the file for manual upload to SP4N-LAPOR!, with a neutral name and within its size limit.
		const position = /^[1-9]\d?$/.exec(asked.get('lampiran') ?? '')?.[0];
		const file = await attachmentForActor(locals.actor, params.id, position ? 'forward' : form);
		return fileResponse(position ? { ...file, name: neutralName(file.name, Number(position)) } : file);
	});

/** Turns NotFound into undefined, so that a staff member with a case open as reporter can still get other files. */
function undefinedIfNotFound(cause: unknown): ServedFile | undefined {
	if (cause instanceof NotFound) return undefined;
	throw cause;
}

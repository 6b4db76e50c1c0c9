import { attachmentForActor, attachmentForReporter, type ServedFile } from '#lib/server/cases/files.ts';
import { NotFound } from '#lib/server/errors.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { openTrack } from '#lib/server/web/cookies/citizen-cookies.ts';
import { fileResponse } from '#lib/server/web/http/file-response.ts';
import { neutralName } from '#lib/text/linked-files.ts';

export const GET = (event) =>
	asPage(async () => {
		const { params, locals } = event;
		const tracked = await openTrack(event);
		// The text on the pages of a document (`?teks`), for who can't see pictures of them.
		const form = event.url.searchParams.has('teks') ? 'text' : 'kept';
		const own = tracked && (await attachmentForReporter(tracked, params.id, form).catch(notThere));
		if (own) return fileResponse(own);
		if (!locals.actor) throw new NotFound();
		// A file that staff carry over to another service by hand (`?lampiran=2`) says nothing by its name, and fits.
		const position = /^[1-9]\d?$/.exec(event.url.searchParams.get('lampiran') ?? '')?.[0];
		const file = await attachmentForActor(locals.actor, params.id, position ? 'forward' : form);
		return fileResponse(position ? { ...file, name: neutralName(file.name, Number(position)) } : file);
	});

/** The reader may be a reporter with an open case, a staff member, or both; each may have access. */
function notThere(cause: unknown): ServedFile | undefined {
	if (cause instanceof NotFound) return undefined;
	throw cause;
}

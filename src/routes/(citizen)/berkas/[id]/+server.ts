import { attachmentForActor, attachmentForReporter, type ServedFile } from '#lib/server/cases/attachment.ts';
import { NotFound } from '#lib/server/errors.ts';
import { asPage } from '#lib/server/web/answers.ts';
import { openTrack } from '#lib/server/web/citizen-cookies.ts';
import { fileResponse } from '#lib/server/web/file-response.ts';
import { neutralName } from '#lib/text/neutral-name.ts';

export const GET = (event) =>
	asPage(async () => {
		const { params, locals } = event;
		const tracked = await openTrack(event);
		const own = tracked && (await attachmentForReporter(tracked, params.id).catch(notThere));
		if (own) return fileResponse(own);
		if (!locals.actor) throw new NotFound();
		return fileResponse(leaving(await attachmentForActor(locals.actor, params.id), event.url));
	});

/** A file that staff carry over to another service by hand (`?lampiran=2`) is saved under a name that tells nothing. */
function leaving(file: ServedFile, url: URL): ServedFile {
	const position = /^[1-9]\d?$/.exec(url.searchParams.get('lampiran') ?? '')?.[0];
	return position ? { ...file, name: neutralName(file.name, Number(position)) } : file;
}

/** Who has a case open here may be staff as well: what isn't the one's may be the other's. */
function notThere(cause: unknown): ServedFile | undefined {
	if (cause instanceof NotFound) return undefined;
	throw cause;
}

import { NotFound } from '#lib/server/errors.ts';
import { openTrack } from '#lib/server/web/cookies/citizen-cookies.ts';
import { caseCopyResponse } from '#lib/server/web/documents/case-copy-pdf.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';

export const GET = (event) =>
	asPage(async () => {
		const tracked = await openTrack(event, { renews: false });
		if (!tracked) throw new NotFound();
		return caseCopyResponse(tracked.found, 'reporter', event.params.file, event.locals.lang);
	});

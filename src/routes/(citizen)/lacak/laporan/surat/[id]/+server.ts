import { letterForReporter } from '#lib/server/cases/answers/letter.ts';
import { NotFound } from '#lib/server/errors.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { openTrack } from '#lib/server/web/cookies/citizen-cookies.ts';
import { letterResponse } from '#lib/server/web/documents/letter-pdf.ts';

export const GET = (event) =>
	asPage(async () => {
		const tracked = await openTrack(event, { renews: false });
		if (!tracked) throw new NotFound();
		return letterResponse(await letterForReporter(tracked, event.params.id), event.locals.lang);
	});

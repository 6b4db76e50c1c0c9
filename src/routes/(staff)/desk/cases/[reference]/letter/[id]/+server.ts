import { letterForActor } from '#lib/server/cases/answers/letter.ts';
import { exportedDocument } from '#lib/server/web/documents/exported.ts';
import { letterName, letterPdf } from '#lib/server/web/documents/letter-pdf.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

export const GET = withActor(async (actor, { locals, params: { reference, id } }: RequestEvent) => {
	const letter = await letterForActor(actor, reference, id);
	return exportedDocument(
		actor,
		{ list: 'letter', reference },
		await letterPdf(letter, locals.lang),
		letterName(letter)
	);
});

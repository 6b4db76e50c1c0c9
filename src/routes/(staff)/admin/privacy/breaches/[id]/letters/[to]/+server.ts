import { breachLetter } from '#lib/server/privacy/breaches/letters.ts';
import { breachLetterPdf } from '#lib/server/web/documents/breach-letter-pdf.ts';
import { exportedDocument } from '#lib/server/web/documents/exported.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

export const GET = withActor(async (actor, { params }: RequestEvent) => {
	const letter = await breachLetter(actor, params.id, params.to);
	const name = `insiden-${letter.formattedNumber.replaceAll('/', '-')}-${letter.to}.pdf`;
	return exportedDocument(actor, { list: 'breach_letter' }, await breachLetterPdf(letter), name);
});

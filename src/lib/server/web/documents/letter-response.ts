import type { Letter } from '#lib/server/cases/answers/letter.ts';
import { letterPdf } from './letter-pdf.ts';
import { pdfResponse } from './paper.ts';

/** The letter as a download. */
export async function letterResponse(letter: Letter, lang: 'id' | 'en'): Promise<Response> {
	return pdfResponse(await letterPdf(letter, lang), `surat-jawaban-${letter.number.replaceAll('/', '-')}`);
}

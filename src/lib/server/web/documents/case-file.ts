import type { RequestEvent } from '@sveltejs/kit';
import { deskCase } from '#lib/server/cases/view.ts';
import { now } from '#lib/server/clock.ts';
import { NotFound } from '#lib/server/errors.ts';
import { inboundOfCase } from '#lib/server/escalation/inbound/list.ts';
import { forwardsForActor } from '#lib/server/escalation/view.ts';
import { recordExport } from '#lib/server/people/exports.ts';
import { anyUnit } from '#lib/server/people/units/units.ts';
import { asPage } from '../http/answers.ts';
import { caseFilePdf } from './case-file-pdf.ts';
import { pdfResponse } from './paper.ts';
import { signedIn } from '../http/signed-in.ts';

/** The case file (PDF) for people who may see the case. The audit log records each download. */
export const caseFileResponse = ({ locals, params }: RequestEvent<{ reference: string }>) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const shown = await deskCase(actor, params.reference);
		const { reference, unit } = shown;
		const [office, forwards, inbound] = await Promise.all([
			anyUnit(unit.id),
			forwardsForActor(actor, reference),
			inboundOfCase(actor, reference)
		]);
		if (!office) throw new NotFound(`office of ${reference}`);
		const file = { shown, office, forwards, inbound, reader: actor.name, at: now() };
		const bytes = await caseFilePdf(file, locals.lang);
		await recordExport(actor, unit.id, { list: 'case_file', filter: { reference }, rows: 1, complete: true });
		return pdfResponse(bytes, `berkas-${reference}`);
	});

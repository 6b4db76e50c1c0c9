import type { Actor } from '#lib/server/people/actor.ts';
import { recordExport, type ExportedList } from '#lib/server/people/audit.ts';
import { homeUnit } from '#lib/server/people/units/find-unit.ts';
import { download } from '../http/file-response.ts';

interface Exported {
	list: ExportedList;
	/** The report that the document is about. */
	reference?: string;
	/** The office in whose log it is. By default that of the person. */
	unitId?: string;
}

/** Sends a document that staff take away. The audit log records first who took which document. */
export async function exportedDocument(
	actor: Actor,
	{ list, reference, unitId }: Exported,
	bytes: Buffer,
	name: string,
	mediaType = 'application/pdf'
): Promise<Response> {
	const filter: Record<string, string> = reference ? { reference } : { name };
	const unit = unitId ?? (await homeUnit(actor))?.id ?? null;
	await recordExport(actor, unit, { list, filter, rows: 1, complete: true });
	return download(bytes, mediaType, name);
}

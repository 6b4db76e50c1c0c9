import { and, desc, eq, notInArray } from 'drizzle-orm';
import { allows } from '#lib/cases/status.ts';
import type { Category } from '#lib/cases/vocabulary.ts';
import { caseForActor, type CaseRow } from '#lib/server/cases/find.ts';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { composeReport, mayCarryIdentity, type Choices, type Composed } from './compose.ts';
import { countInstitutions } from '../connection/institutions.ts';
import { reportTexts } from './lapor-report.ts';
import type { Mark } from '#lib/text/redaction.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** The number of the case's next forward. */
export async function nextNumber(on: Database | Tx, caseId: number): Promise<number> {
	const [last] = await on
		.select({ nn: escalations.nn })
		.from(escalations)
		.where(eq(escalations.caseId, caseId))
		.orderBy(desc(escalations.nn))
		.limit(1);
	return (last?.nn ?? 0) + 1;
}

/** The case's forward that is neither rejected nor closed, if there is one. */
export async function openForwardOf(on: Database | Tx, caseId: number) {
	const [open] = await on
		.select({ id: escalations.id, state: escalations.state })
		.from(escalations)
		.where(and(eq(escalations.caseId, caseId), notInArray(escalations.state, ['rejected', 'closed'])));
	return open;
}

/** Why a case is never forwarded; undefined if it may be. */
export function barredFrom(row: Pick<CaseRow, 'category' | 'channel'>): 'integrity' | 'from_lapor' | undefined {
	if (row.category === 'integrity') return 'integrity';
	return row.channel === 'lapor' ? 'from_lapor' : undefined;
}

/** A piece of a text; `kind`: it is personal data and was taken out. */
export type Piece = { text: string; kind?: Mark['kind'] };

const piecesOf = (text: string, marks: readonly Mark[]): Piece[] => {
	const pieces: Piece[] = [];
	let at = 0;
	for (const { start, end, kind } of marks) {
		if (start > at) pieces.push({ text: text.slice(at, start) });
		pieces.push({ text: text.slice(start, end), kind });
		at = end;
	}
	if (at < text.length) pieces.push({ text: text.slice(at) });
	return pieces;
};

export type Preview = Awaited<ReturnType<typeof previewEscalation>>;

/**
 * What a handler confirms before a case is forwarded: texts without personal data, the identity to send, files, the target, and
 * what is missing, by field.
 *
 * @throws NotFound · Invalid
 */
export async function previewEscalation(actor: Actor, reference: string, choices: Choices) {
	const { row, unit } = await caseForActor(actor, reference);
	const consent = choices.consent ?? mayCarryIdentity(row);
	const composed = await composeReport(db(), { row, unit }, { ...choices, consent }, await nextNumber(db(), row.id));
	const { source, target, problems, marks, mode } = composed;
	const identity = identityShown(row, composed);
	return {
		case: {
			reference: row.reference,
			status: row.status,
			version: row.version,
			kind: row.kind,
			category: source.category as Category,
			identity: row.identity,
			consentLapor: row.consentLapor,
			movable: allows('escalate', row.status),
			transferable: allows('transfer', row.status)
		},
		unit: { name: unit.name, timeZone: unit.timeZone },
		barred: barredFrom(row),
		openForward: (await openForwardOf(db(), row.id))?.id ?? null,
		mode,
		purpose: choices.purpose,
		original: {
			title: row.title,
			content: piecesOf(row.body, marks.content),
			solution: row.requestedSolution ? piecesOf(row.requestedSolution, marks.solution) : null
		},
		report: {
			title: source.title,
			content: source.body,
			solution: source.requestedSolution ?? null,
			incidentOn: source.incidentOn,
			receivedOn: source.receivedOn,
			secret: source.secret
		},
		texts: { ...reportTexts(source), identity: identity.may ? identity.shown : null },
		target,
		listed: await countInstitutions(db()),
		identity,
		files: composed.files.map(({ file, chosen }) => ({
			id: file.id,
			name: file.name,
			mediaType: file.mediaType,
			bytes: file.bytes,
			chosen,
			staysBehind: problems.some(({ problem, detail }) => problem === 'stays_behind' && detail === file.name)
		})),
		problems
	};
}

/** A withheld name is sent with consent, but not shown to the handler. */
function identityShown(row: CaseRow, { reporter }: Pick<Composed, 'reporter'>) {
	if (!mayCarryIdentity(row)) return { may: false as const };
	return { may: true as const, goes: reporter !== null, shown: row.identity === 'named' ? reporter : null };
}

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

/** The id of the case's forward that is neither rejected nor closed, where there is one. */
async function openForwardOf(on: Database | Tx, caseId: number): Promise<string | null> {
	const [open] = await on
		.select({ id: escalations.id })
		.from(escalations)
		.where(and(eq(escalations.caseId, caseId), notInArray(escalations.state, ['rejected', 'closed'])));
	return open?.id ?? null;
}

/** Why a case is not forwarded at all; undefined if it may be. */
export function barredFrom(row: Pick<CaseRow, 'category' | 'channel'>): 'integrity' | 'from_lapor' | undefined {
	if (row.category === 'integrity') return 'integrity';
	return row.channel === 'lapor' ? 'from_lapor' : undefined;
}

/** A text cut where something personal was found, for showing what was taken out. */
export interface Piece {
	text: string;
	kind?: Mark['kind'];
}

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
 * Everything a handler confirms before a case is forwarded: the texts with personal data taken out, the identity that
 * goes along or why none does, the files and what stays behind, the target, and what is still missing, by field.
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
			/** Whether the case's status admits a forward at all, and one that hands it over. */
			movable: allows('escalate', row.status),
			transferable: allows('transfer', row.status)
		},
		unit: { name: unit.name, timeZone: unit.timeZone },
		barred: barredFrom(row),
		openForward: await openForwardOf(db(), row.id),
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
		/** How many agencies can be searched by name. */
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

/** What may be said of the identity: a withheld name is sent with consent, but not shown to who sends it. */
function identityShown(row: CaseRow, { reporter }: Pick<Composed, 'reporter'>) {
	if (!mayCarryIdentity(row)) return { may: false as const };
	return { may: true as const, goes: reporter !== null, shown: row.identity === 'named' ? reporter : null };
}

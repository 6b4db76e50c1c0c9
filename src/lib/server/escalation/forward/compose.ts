import { and, desc, eq, gt, isNotNull, ne, notInArray, or } from 'drizzle-orm';
import { firstCharacters } from '#lib/text/cut-text.ts';
import { type CaseWithUnit, caseForActor, type CaseRow } from '#lib/server/cases/find.ts';
import { leftIntegrityBy } from '#lib/server/cases/former-integrity.ts';
import { knownIdentity } from '#lib/server/cases/known-identity.ts';
import { decryptIfNamed, decryptReporter, type Reporter } from '#lib/server/cases/reporter.ts';
import { type Database, type Tx, db } from '#lib/server/db/index.ts';
import { localDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { env } from '#lib/server/env.ts';
import { invalid } from '#lib/server/errors.ts';
import type { EscalationMode } from '#lib/cases/vocabulary.ts';
import { proposeRedaction, redact, type Mark, type ReporterFields } from '#lib/text/redaction.ts';
import { ENDED_FORWARDS, LAPOR_CHARACTERS, whyNotForwardable } from '#lib/cases/forwarding.ts';
import { allows, mayEscalate, OPEN_STATUSES } from '#lib/cases/moves.ts';
import { approvals } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { findTarget, type Target, countInstitutions } from '../connection/institutions.ts';
import { idOf, laporIdsOf, reportSettings } from '../connection/report-settings.ts';
import type { EscalationRow, Forward } from '../rows.ts';
import type { EscalationInput } from '../schema.ts';
import { forwardableFiles } from './files.ts';
import {
	reportTexts,
	fileProblems,
	isTooLarge,
	reportProblems,
	textProblems,
	type ReportFacts,
	type ReportProblem,
	type ReportSource
} from './lapor-report.ts';

export type Choices = Pick<EscalationInput, 'purpose'> &
	Partial<Omit<EscalationInput, 'reason' | 'version' | 'reporter'>> & { reporter?: Partial<Reporter> | null };

/** Whether the identity may be sent: only with the reporter's consent recorded in the case. */
export const mayCarryIdentity = (row: CaseWithUnit['row']): boolean => row.consentLapor && row.identity !== 'none';

/**
 * Composes a report from a case and a person's choices, and finds its problems. `reporter` is the identity to send;
 * null: the report is sent under the agency's account. Stores nothing.
 */
export async function composeReport(on: Database | Tx, { row, unit }: CaseWithUnit, choices: Choices, nn: number) {
	const ownReporter = await decryptReporter(row.reporterSealed);
	const reporter = identityFor(row, ownReporter, choices);
	const proposed = await proposedTexts(on, row);
	const { title = proposed.title, content = proposed.content, solution = proposed.solution } = choices;
	// A record is the office's own. The desk's form also sends the field of a transfer while it is hidden.
	const typedTarget = choices.purpose === 'transfer' && choices.institution;
	const target = typedTarget ? await findTarget(on, typedTarget) : null;
	const facts: ReportFacts = {
		kind: row.kind,
		category: row.category ?? 'other',
		solution: solution || null,
		incidentOn: (choices.incident_on ?? proposed.incidentOn) || null,
		receivedOn: localDate(row.receivedAt, unit.timeZone),
		identity: row.identity,
		secret: row.secret,
		priority: row.priority === 'high',
		institutionId: target?.id ?? null
	};
	const files = (await forwardableFiles(on, row.id)).map((file) => ({
		file,
		chosen: choices.attachments?.includes(file.id) ?? true
	}));
	const today = localDate(now(), unit.timeZone);
	const source: ReportSource = { ...facts, reference: row.reference, nn, title, content, reporter, today };
	const settings = await reportSettings(unit, target?.id);
	const mode = env().LAPOR_MODE;
	const problems: ReportProblem[] = [
		...(mode === 'api' ? reportProblems(source, settings) : textProblems(source)),
		...targetProblems(choices.purpose, mode, target, idOf(await laporIdsOf(unit), 'institution')),
		...fileProblems(files.filter(({ chosen }) => chosen).map(({ file }) => file))
	];
	return { mode, source, facts, settings, target, files, problems };
}

/**
 * The identity to send. A handler can complete only an openly named reporter, because handlers may not see a withheld
 * name.
 */
function identityFor(row: CaseWithUnit['row'], ownReporter: Reporter | null, choices: Choices): Reporter | null {
	if (!choices.consent) return null;
	if (!mayCarryIdentity(row)) throw invalid('consent', 'escalation_consent_not_recorded');
	const typed = row.identity === 'named' ? (choices.reporter ?? {}) : {};
	return {
		name: typed.name || (ownReporter?.name ?? null),
		email: typed.email || (ownReporter?.email ?? null),
		phone: typed.phone || (ownReporter?.phone ?? null)
	};
}

/** @param own the office's own agency at LAPOR, to which nothing can be transferred */
function targetProblems(
	purpose: Choices['purpose'],
	mode: EscalationMode,
	target: Target | null,
	own: number | undefined
): ReportProblem[] {
	if (purpose === 'transfer' && !target) return [{ field: 'disposition_id', problem: 'missing' }];
	if (purpose === 'transfer' && target?.id !== undefined && target.id === own)
		return [{ field: 'disposition_id', problem: 'own_agency' }];
	if (mode === 'api' && target && target.id === undefined) return [{ field: 'disposition_id', problem: 'invalid' }];
	return [];
}

const withoutPersonalData = (text: string, reporter: ReporterFields): string =>
	redact(text, proposeRedaction(text, reporter));

/** What the case says, without personal data. */
export async function proposedTexts(on: Database | Tx, row: CaseRow) {
	const reporter = await knownIdentity(on, row);
	return {
		title: proposedTitle(row.title, row.body, reporter),
		content: withoutPersonalData(row.body, reporter),
		solution: withoutPersonalData(row.requestedSolution ?? '', reporter),
		incidentOn: row.incidentOn
	};
}

/** The case's title, or the first sentence of its text, without personal data and at most 100 characters long. */
function proposedTitle(title: string | null, body: string, reporter: ReporterFields): string {
	const text = title ?? body;
	const plain = withoutPersonalData(text, reporter).replace(/\s+/g, ' ').trim();
	const sentence = title ? plain : (/^.{20,}?[.!?](?=\s|$)/.exec(plain)?.[0].replace(/[.]$/, '') ?? plain);
	const most = LAPOR_CHARACTERS.title;
	if (sentence.length <= most) return sentence;
	const cut = sentence.slice(0, most - 1);
	return `${firstCharacters(cut, Math.max(cut.lastIndexOf(' '), most / 2)).trimEnd()}…`;
}

/** The next `nn` of a case's forwards. */
export async function nextOrdinal(on: Database | Tx, caseId: number): Promise<number> {
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
		.where(and(eq(escalations.caseId, caseId), notInArray(escalations.state, ENDED_FORWARDS)));
	return open;
}

/** Whether another forward of the case is open, or a later one has a number at LAPOR, even if it is closed by now. */
export async function isReplaced(on: Database | Tx, { id, caseId, nn }: Pick<EscalationRow, 'id' | 'caseId' | 'nn'>) {
	const isLater = and(gt(escalations.nn, nn), isNotNull(escalations.laporId));
	const replaces = or(notInArray(escalations.state, ENDED_FORWARDS), isLater);
	return (await on.$count(escalations, and(eq(escalations.caseId, caseId), ne(escalations.id, id), replaces))) > 0;
}

/** A piece of a text. `kind` is set on personal data, which is removed from the text that is sent. */
type Piece = { text: string; kind?: Mark['kind'] };

const piecesOf = (text: string, reporter: Reporter | null): Piece[] => {
	const pieces: Piece[] = [];
	let at = 0;
	for (const { start, end, kind } of proposeRedaction(text, reporter ?? {})) {
		if (start > at) pieces.push({ text: text.slice(at, start) });
		pieces.push({ text: text.slice(start, end), kind });
		at = end;
	}
	if (at < text.length) pieces.push({ text: text.slice(at) });
	return pieces;
};

const pendingAnswerOf = (caseId: number) =>
	and(eq(approvals.caseId, caseId), eq(approvals.kind, 'answer'), eq(approvals.state, 'pending'));

export type Preview = Awaited<ReturnType<typeof previewEscalation>>;

/**
 * What a handler confirms before a case is forwarded: texts without personal data, the identity to send, files, the
 * target, and the problems by field.
 *
 * @throws NotFound · Invalid
 */
export async function previewEscalation(actor: Actor, reference: string, choices: Choices) {
	const { row, unit } = await caseForActor(actor, reference);
	const consent = choices.consent ?? mayCarryIdentity(row);
	const composed = await composeReport(db(), { row, unit }, { ...choices, consent }, await nextOrdinal(db(), row.id));
	const { source, target, problems, mode } = composed;
	const named = await decryptIfNamed(row);
	const left = await leftIntegrityBy(db(), row.id);
	const identity = identityShown(row, source.reporter);
	return {
		case: {
			reference: row.reference,
			status: row.status,
			version: row.version,
			category: source.category,
			identity: row.identity,
			movable: mayEscalate(row),
			transferable: OPEN_STATUSES.includes(row.status) && allows('transfer', row.status)
		},
		unit: { name: unit.name },
		barred: whyNotForwardable(row) ?? (left && left.by === actor.accountId ? 'second_supervisor' : undefined),
		/** Processing is restricted at the reporter's request, so the case is not forwarded now. */
		processingRestricted: row.processingRestrictedAt !== null,
		openForward: (await openForwardOf(db(), row.id))?.id ?? null,
		mode,
		purpose: choices.purpose,
		original: {
			content: piecesOf(row.body, named),
			solution: row.requestedSolution ? piecesOf(row.requestedSolution, named) : null
		},
		report: {
			title: source.title,
			content: source.content,
			solution: source.solution,
			incidentOn: source.incidentOn,
			receivedOn: source.receivedOn
		},
		texts: { ...reportTexts(source), identity: identity.shown },
		target,
		listed: await countInstitutions(),
		answerWaits: (await db().$count(approvals, pendingAnswerOf(row.id))) > 0,
		identity,
		files: composed.files.map(({ file }) => ({
			id: file.id,
			name: file.name,
			mediaType: file.mediaType,
			staysBehind: isTooLarge(file)
		})),
		problems
	};
}

/** The identity that the handler sees. A withheld name is sent with consent, but not shown. */
function identityShown(row: CaseRow, reporter: Reporter | null) {
	const may = mayCarryIdentity(row);
	return { may, shown: may && row.identity === 'named' ? reporter : null };
}

export const factsOfRow = (escalation: Pick<EscalationRow, 'report'>): ReportFacts =>
	escalation.report as unknown as ReportFacts;

export async function sourceOfRow({ escalation, row, unit }: Forward): Promise<ReportSource> {
	// The reporter may have withdrawn the consents after the report was confirmed.
	const reporter =
		escalation.withIdentity && mayCarryIdentity(row) ? await decryptReporter(escalation.identitySealed) : null;
	const { nn, title, content } = escalation;
	const facts = factsOfRow(escalation);
	const secret = facts.secret || row.secret;
	const today = localDate(now(), unit.timeZone);
	return { ...facts, secret, reference: row.reference, nn, title, content, reporter, today };
}

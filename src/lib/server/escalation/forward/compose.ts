import type { CaseWithUnit } from '#lib/server/cases/find.ts';
import { openReporter, type Reporter } from '#lib/server/cases/reporter.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { env } from '#lib/server/env.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { EscalationMode } from '#lib/cases/vocabulary.ts';
import { filesThatMayLeave, type AttachmentRow } from './files.ts';
import { targetNamed, type Target } from '../connection/institutions.ts';
import { reportSettings } from '../connection/lapor-ids.ts';
import { TITLE_CHARACTERS, type ReportSettings, type ReportSource } from './lapor-report.ts';
import { proposeRedaction, redact, type Mark } from '#lib/text/redaction.ts';
import { fileProblems, reportProblems, textProblems, type ReportProblem } from './report-problems.ts';
import { factsOf, sourceOf, type ReportFacts } from './report-source.ts';
import type { EscalationInput } from '../schema.ts';

/** Choices a person has made for a report; absent ones are proposed. */
export type Choices = Partial<
	Pick<
		EscalationInput,
		'title' | 'content' | 'solution' | 'incident_on' | 'institution' | 'consent' | 'reporter' | 'attachments'
	>
> &
	Pick<EscalationInput, 'purpose'>;

/** A report as it would be sent, and its problems. */
export interface Composed {
	mode: EscalationMode;
	source: ReportSource;
	facts: ReportFacts;
	settings: ReportSettings;
	/** The identity to send; null: the report is sent under the agency's account. */
	reporter: Reporter | null;
	target: Target | null;
	files: { file: AttachmentRow; chosen: boolean }[];
	problems: ReportProblem[];
	marks: { content: Mark[]; solution: Mark[] };
}

/** The identity is sent only if the case records the reporter's consent. */
export const mayCarryIdentity = (row: CaseWithUnit['row']): boolean => row.consentLapor && row.identity !== 'none';

/** Composes a report from a case and the choices of a person. Stores nothing. */
export async function composeReport(
	on: Database | Tx,
	{ row, unit }: CaseWithUnit,
	choices: Choices,
	nn: number
): Promise<Composed> {
	const own = await openReporter(row.reporterSealed);
	const reporter = identityFor(row, own, choices);
	const marks = {
		content: proposeRedaction(row.body, own ?? {}),
		solution: proposeRedaction(row.requestedSolution ?? '', own ?? {})
	};
	const content = choices.content ?? redact(row.body, marks.content);
	const solution = choices.solution ?? redact(row.requestedSolution ?? '', marks.solution);
	const title = choices.title ?? proposedTitle(row.title, row.body, own);
	const target = choices.institution ? await targetNamed(on, choices.institution) : null;
	const facts = {
		...factsOf(row, unit),
		solution: solution || null,
		...(choices.incident_on === undefined ? {} : { incidentOn: choices.incident_on || null }),
		institutionId: target?.id ?? null
	};
	const files = (await filesThatMayLeave(on, row.id)).map((file) => ({
		file,
		chosen: choices.attachments?.includes(file.id) ?? true
	}));
	const source = sourceOf(facts, { reference: row.reference, nn, title, content }, reporter, unit);
	const settings = await reportSettings(on, unit, target?.id);
	const mode = env().LAPOR_MODE;
	const problems = [
		...(mode === 'api' ? reportProblems(source, settings) : textProblems(source)),
		...targetProblems(choices.purpose, mode, target),
		...fileProblems(files.filter(({ chosen }) => chosen).map(({ file }) => file))
	];
	return { mode, source, facts, settings, reporter, target, files, problems, marks };
}

/** Handlers may not see a withheld name, so only the contact of an openly named reporter can be completed by hand. */
function identityFor(row: CaseWithUnit['row'], own: Reporter | null, choices: Choices): Reporter | null {
	if (!choices.consent) return null;
	if (!mayCarryIdentity(row)) throw new Invalid([{ path: 'consent', code: 'escalation_consent_not_recorded' }]);
	const typed = row.identity === 'named' ? (choices.reporter ?? {}) : {};
	return {
		name: typed.name || (own?.name ?? null),
		email: typed.email || (own?.email ?? null),
		phone: typed.phone || (own?.phone ?? null)
	};
}

function targetProblems(purpose: Choices['purpose'], mode: EscalationMode, target: Target | null): ReportProblem[] {
	if (purpose === 'transfer' && !target) return [{ field: 'disposition_id', problem: 'missing' }];
	if (mode === 'api' && target && target.id === undefined) return [{ field: 'disposition_id', problem: 'invalid' }];
	return [];
}

/** The case's own title, or the first words of its text; without personal data, whole words, at most 100 characters. */
function proposedTitle(title: string | null, body: string, reporter: Reporter | null): string {
	const text = title ?? body;
	const plain = redact(text, proposeRedaction(text, reporter ?? {}))
		.replace(/\s+/g, ' ')
		.trim();
	const sentence = title ? plain : (/^.{20,}?[.!?](?=\s|$)/.exec(plain)?.[0].replace(/[.]$/, '') ?? plain);
	if (sentence.length <= TITLE_CHARACTERS) return sentence;
	const cut = sentence.slice(0, TITLE_CHARACTERS - 1);
	return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), TITLE_CHARACTERS / 2)).trimEnd()}…`;
}

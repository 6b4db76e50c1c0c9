import { m } from '#lib/paraglide/messages.js';
import type { ReportProblem, ReportProblemCode } from '#lib/server/escalation/forward/lapor-report.ts';
import { problemFields } from '#lib/words/lapor-fields.ts';

const problems: Readonly<Record<ReportProblemCode, (said: { field: string; detail: string }) => string>> = {
	missing: m.escalation_problem_missing,
	too_long: m.escalation_problem_too_long,
	invalid: m.escalation_problem_invalid,
	in_future: m.escalation_problem_in_future,
	own_agency: m.error_escalation_own_agency,
	not_configured: m.escalation_problem_not_configured,
	not_forwardable: m.escalation_problem_not_forwardable,
	stays_behind: m.escalation_problem_stays_behind
};

/** Text for a problem with a field of a report, with the field's name as on screens. */
export const problemWord = ({ field, problem, detail = '' }: ReportProblem): string =>
	problems[problem]({ field: problemFields[field](), detail });

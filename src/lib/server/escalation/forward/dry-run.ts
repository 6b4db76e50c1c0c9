import { caseForActor } from '#lib/server/cases/find.ts';
import { checked } from '#lib/server/checked.ts';
import { db } from '#lib/server/db/index.ts';
import { composeReport, mayCarryIdentity } from './compose.ts';
import { filesOf, nameToSend, type ReportFile } from './files.ts';
import { laporSettings } from '../connection/lapor-client.ts';
import { reportSettings } from '../connection/lapor-ids.ts';
import { reportPayload, type ReportSettings, type ReportSource } from './lapor-report.ts';
import { nextNumber } from './preview.ts';
import { isTooLarge, reportProblems, type ReportProblem } from './report-problems.ts';
import { factsOfRow, sourceOfRow } from './report-source.ts';
import { escalationForActor } from '../rows.ts';
import { escalationInput } from '../schema.ts';
import { previewCreate, previewUpload, type ShownCall } from '#lib/server/integrations/lapor/client.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** The requests that would be made, in order, and what is missing; nothing is sent and nothing stored. */
export interface DryRun {
	/** Files first, one a call, then the report; without the report where an id of it is missing. */
	calls: ShownCall[];
	problems: ReportProblem[];
	/** Address and secrets are there. */
	configured: boolean;
	/** Files whose id is known only once they are uploaded: `‹name›` stands in its place. */
	unknownIds: boolean;
	/** The reporter's name is withheld: it goes along, and is not shown. */
	identityHidden: boolean;
}

const BLOTTED = '•••';

interface Report {
	source: ReportSource;
	settings: ReportSettings;
	problems: ReportProblem[];
	/** With the place each has among the files of its report. */
	files: { file: Pick<ReportFile, 'name' | 'mediaType' | 'remoteId'>; name: string }[];
	withheld: boolean;
}

function requestsOf({ source, settings, problems, files, withheld }: Report): DryRun {
	const lapor = laporSettings();
	const payload = reportPayload(source, settings);
	const toUpload = files.filter(({ file }) => file.remoteId === null);
	const identityHidden = withheld && payload?.is_new_user_slider === true;
	const calls = lapor ? toUpload.map(({ file, name }) => previewUpload(lapor, { name, type: file.mediaType })) : [];
	if (lapor && payload) {
		const ids = files.map(({ file, name }) => file.remoteId ?? `‹${name}›`);
		const attachments = ids.length > 0 && `[${ids.join(',')}]${settings.attachmentsTrailingDot ? '.' : ''}`;
		const hidden = { emailUser: BLOTTED, nameUser: BLOTTED, phoneUser: BLOTTED };
		calls.push(previewCreate(lapor, { ...payload, ...(identityHidden ? hidden : {}), attachments }));
	}
	return { calls, problems, configured: lapor !== undefined, unknownIds: toUpload.length > 0, identityHidden };
}

/** What the check-before-sending screen has typed so far; why it is forwarded isn't part of a request. */
const dryInput = escalationInput.omit({ reason: true, version: true });

/**
 * The exact requests that forwarding a case would make with what a person has typed, secrets blotted out. What is missing
 * comes as a list, not as an error.
 *
 * @throws NotFound · Invalid if a field can't be read at all
 */
export async function dryRun(actor: Actor, reference: string, raw: unknown): Promise<DryRun> {
	const input = checked(dryInput, raw);
	const { row, unit } = await caseForActor(actor, reference);
	const choices = { ...input, consent: input.consent && mayCarryIdentity(row) };
	const { source, settings, problems, files } = await composeReport(
		db(),
		{ row, unit },
		choices,
		await nextNumber(db(), row.id)
	);
	const chosen = files.filter((one) => one.chosen);
	return requestsOf({
		source,
		settings,
		problems,
		files: chosen.flatMap(({ file }, index) =>
			isTooLarge(file) ? [] : [{ file: { ...file, remoteId: null }, name: nameToSend(file, index + 1) }]
		),
		withheld: row.identity !== 'named'
	});
}

/** The same of a forward as it was confirmed, with the ids that count today. @throws NotFound */
export async function requestsOfForward(actor: Actor, id: string): Promise<DryRun> {
	const { escalation, row, unit } = await escalationForActor(db(), actor, id);
	const source = await sourceOfRow({ escalation, row, unit });
	const settings = await reportSettings(db(), unit, factsOfRow(escalation).institutionId ?? undefined);
	const files = (await filesOf(db(), id)).map((file, index) => ({ file, name: nameToSend(file, index + 1) }));
	return requestsOf({
		source,
		settings,
		problems: reportProblems(source, settings),
		files: files.filter(({ file }) => file.leftOut === null),
		withheld: row.identity !== 'named'
	});
}
